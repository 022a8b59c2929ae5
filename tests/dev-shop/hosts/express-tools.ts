import type { NextFunction, Request, RequestHandler, Response } from "express";

/** Express 4 does not see a rejected promise; this hands it to the error handler. */
export const asyncHandler =
  (handle: (request: Request, response: Response) => Promise<void>): RequestHandler =>
  (request: Request, response: Response, next: NextFunction) => {
    handle(request, response).catch(next);
  };

/** A refusal with its status and one sentence for the person who reads the answer. */
export class HttpRefusal extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}
