import express, { type Router } from "express";
import type { Hosts } from "./context";
import { controlRouter } from "./control";
import { HttpRefusal } from "./express-tools";

/** What `localhost` serves: the admin, the control API and its page, and the files browsers need. */
export function shellHost(hosts: Hosts): Router {
  const router = express.Router();
  router.use((request, _response, next) => {
    // Pages of other sites in the same browser must not move the clock.
    const { origin } = request.headers;
    if (request.method !== "GET" && origin !== undefined && !isOurs(origin)) {
      throw new HttpRefusal(403, "Only pages of this stand-in may do that.");
    }
    next();
  });
  router.use("/_control", controlRouter(hosts));
  return router;
}

const isOurs = (origin: string): boolean =>
  /^http:\/\/(localhost|127\.0\.0\.1|\[::1\]|[a-z0-9-]+\.localhost)(:\d+)?$/.test(origin);
