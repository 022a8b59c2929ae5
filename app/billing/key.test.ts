import { expect, test } from "vitest";

import { idempotencyKey } from "./key";

test("a key is the same for ever, and another for every shop, contract, cycle and attempt", () => {
  const contract = "gid://shopify/SubscriptionContract/1";
  const key = idempotencyKey("kaffebonna.myshopify.com", contract, 5, 1);
  // Changing this breaks the promise to every charge that is on its way.
  expect(key).toBe("22cb09d9-d748-5b61-bac9-6c390f042113");
  const others = [
    idempotencyKey("skylager.myshopify.com", contract, 5, 1),
    idempotencyKey("kaffebonna.myshopify.com", `${contract}1`, 5, 1),
    idempotencyKey("kaffebonna.myshopify.com", contract, 51, 1),
    idempotencyKey("kaffebonna.myshopify.com", contract, 5, 2),
  ];
  expect(new Set([key, ...others]).size).toBe(5);
});
