import { expect, test } from "vitest";

import kaffebonna from "../../scenarios/kaffebonna";
import { createWorld } from "../../world";
import { pickProducts, pickVariants } from "./picker";

const shop = kaffebonna(createWorld("2026-03-02T11:00:00.000Z"), { subscribers: 1 });

test("single variants are found by the product's words and their own, and given back by id", () => {
  const all = pickVariants(shop, "");
  expect(all.length).toBeGreaterThan(pickProducts(shop, "").length);
  const found = pickVariants(shop, "nordlys 250");
  expect(found.length).toBeGreaterThan(0);
  for (const { displayName } of found) expect(displayName).toMatch(/nordlys.*250/i);

  const [one] = found;
  expect(pickVariants(shop, "nothing like it", [String(one?.["id"])])).toEqual([one]);
  expect(one).toMatchObject({ id: expect.stringMatching(/^gid:\/\/shopify\/ProductVariant\/\d+$/) as string });
});
