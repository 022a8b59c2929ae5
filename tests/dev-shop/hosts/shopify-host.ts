import { randomUUID } from "node:crypto";
import express, { type Request, type Response, type Router } from "express";
import type { AdminApiRequest, AdminApiResponse } from "../admin-api";
import type { DevShop } from "../dev-shop";
import { shopByDomain } from "../dev-shop";
import type { Shop } from "../world";
import { answerOAuth } from "./auth";
import type { Caller, Holds } from "./control-hold";
import { asyncHandler } from "./express-tools";

/** Bodies larger than Shopify would read are a mistake; variables of the largest mutations are far smaller. */
const BODY_LIMIT = "5mb";

export type AdminApi = (shop: Shop, request: AdminApiRequest) => Promise<AdminApiResponse>;

/** What `<shop>.myshopify.com` answers to the app's server: the Admin API and the token endpoint. */
export function shopifyHost(devShop: DevShop, adminApi: AdminApi, holds: Holds, onMutation: () => void): Router {
  const router = express.Router();
  router.use(express.text({ type: () => true, limit: BODY_LIMIT }));
  router.use((_request, response, next) => {
    const shop = shopByDomain(devShop.world, String(response.locals["hostname"]));
    if (!shop) {
      response.status(404).json({ errors: "Not Found" });
      return;
    }
    response.locals["shop"] = shop;
    next();
  });
  router.post(
    "/admin/api/:version/graphql.json",
    asyncHandler(async (request, response) => {
      const body = bodyOf(request.body);
      const requestId = randomUUID();
      const parsed = parseJson(body);
      if (parsed === undefined) {
        response.status(400).json({ errors: "Invalid JSON" });
        return;
      }
      const caller = callerOf(request, response);
      if (!(await holds.pass("before", parsed, caller))) return;
      const answer = await adminApi(shopOf(response.locals), {
        accessToken: request.get("x-shopify-access-token") ?? null,
        version: request.params["version"] ?? "",
        body: parsed,
        requestId,
      });
      if (isMutation(body)) onMutation();
      if (!(await holds.pass("after", parsed, caller))) return;
      if (answer.lost) {
        // The app waits for an answer that never comes; cutting the line spares it the wait and leaves it the doubt.
        request.socket.destroy();
        return;
      }
      response.status(answer.status).set({
        "content-type": "application/json; charset=utf-8",
        "x-request-id": requestId,
        ...answer.headers,
      });
      response.send(typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body));
    }),
  );
  router.post("/admin/oauth/access_token", (request, response) => {
    const answer = answerOAuth(
      devShop,
      shopOf(response.locals),
      fieldsOf(bodyOf(request.body), request.get("content-type") ?? ""),
    );
    response.status(answer.status).json(answer.body);
  });
  router.use((request, response) => {
    response.status(501).json({
      errors: `NOT_SERVED: the stand-in does not serve ${request.method} ${request.path} of Shopify's hosts.`,
    });
  });
  return router;
}

function callerOf(request: Request, response: Response): Caller {
  const connection = new AbortController();
  response.once("close", () => connection.abort());
  const process = Number(request.get("x-dev-shop-process"));
  return {
    shop: shopOf(response.locals).name,
    process: Number.isInteger(process) && process > 0 ? process : null,
    gone: connection.signal,
  };
}

const shopOf = (locals: Record<string, unknown>): Shop => locals["shop"] as Shop;

const bodyOf = (body: unknown): string => (typeof body === "string" ? body : "");

/** Good enough to know that something may have changed: a document that names a mutation. */
const isMutation = (body: string): boolean => /\bmutation\b/.test(body);

function fieldsOf(body: string, contentType: string): Record<string, unknown> {
  if (contentType.includes("application/x-www-form-urlencoded")) {
    return Object.fromEntries(new URLSearchParams(body));
  }
  const parsed = parseJson(body);
  return typeof parsed === "object" && parsed !== null ? { ...parsed } : {};
}

/** undefined when the text is no JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
