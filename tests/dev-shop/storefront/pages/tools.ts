import type { NextFunction, Request, RequestHandler, Response } from "express";
import { translator, readTranslations } from "../liquid/translations";
import type { Translate } from "../liquid/translations";
import { join } from "node:path";
import { THEME_ROOT, visitorOf } from "../visitor";
import type { Visitor } from "../visitor";

export type Handler = (visitor: Visitor, request: Request, response: Response) => Promise<void> | void;

/** Gives a handler its visitor and sends what it throws to the router's error page. */
export const handle =
  (handler: Handler): RequestHandler =>
  (request: Request, response: Response, next: NextFunction) => {
    Promise.resolve()
      .then(() => handler(visitorOf(request, response), request, response))
      .catch(next);
  };

export const themeText = (language: string): Translate =>
  translator(readTranslations(join(THEME_ROOT, "locales"), language), language);
