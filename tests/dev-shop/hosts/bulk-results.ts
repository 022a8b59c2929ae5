import express, { type Router } from "express";

import type { DevShop } from "../dev-shop";
import { bulkResultAt } from "../domain";

/** The files that bulk operations leave, in the place of Shopify's storage: whoever has the address may read them. */
export function bulkResults(devShop: DevShop): Router {
  const router = express.Router();
  router.get("/:shop/:id/:token.jsonl", (request, response) => {
    const shop = devShop.world.shops[request.params["shop"] ?? ""];
    const { id = "", token = "" } = request.params;
    const result = shop ? bulkResultAt(devShop.world, shop, id, token) : null;
    if (result === null) response.status(404).type("text").send("Not found\n");
    else response.type("application/jsonl").send(result);
  });
  return router;
}
