import express, { type Router } from "express";

import type { DevShop } from "../dev-shop";
import { bulkResultAt } from "../domain";
import type { World } from "../world";

/** What lies at the address of a bulk operation's result; null when it is no such address, or good no longer. */
export function bulkResultOf(world: World, address: string): string | null {
  const [, name = "", id = "", token = ""] = /\/_bulk\/([^/]+)\/(\d+)\/(\w+)\.jsonl$/.exec(address) ?? [];
  const shop = world.shops[name];
  return shop ? bulkResultAt(world, shop, id, token) : null;
}

/** The files that bulk operations leave, in the place of Shopify's storage: whoever has the address may read them. */
export function bulkResults(devShop: DevShop): Router {
  const router = express.Router();
  router.get(/.*/, (request, response) => {
    const result = bulkResultOf(devShop.world, request.originalUrl);
    if (result === null) response.status(404).type("text").send("Not found\n");
    else response.type("application/jsonl").send(result);
  });
  return router;
}
