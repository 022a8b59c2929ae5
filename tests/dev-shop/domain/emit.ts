import { createHash } from "node:crypto";

import { nextId, type Shop, type World } from "../world";
import { nowOf } from "./time";

/** A 32-digit hexadecimal token, derived from the next id, so that the same history gives the same tokens. */
export const nextToken = (world: World, shop: Shop): string =>
  createHash("sha256")
    .update(`${shop.name} ${nextId(world)}`)
    .digest("hex")
    .slice(0, 32);

/** Puts a domain event on the shop's outbox. Only topics that shopify.app.toml lists are sent; the sender decides. */
export function emit(world: World, shop: Shop, topic: string, payload: unknown): void {
  const hex = nextToken(world, shop);
  const eventId = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  shop.outbox.push({ eventId, topic, payload, at: nowOf(world) });
}
