import { expect, test } from "vitest";

import { testApp } from "../../tests/app";

test("each due cycle is charged exactly once, and the ledger agrees with Shopify", async () => {
  const app = await testApp({ subscribers: 5 });
  console.log(await app.ctx.db.charge.count(), await app.ctx.db.subscriptionContract.count(), app.shop.reconciledAt);
  const before = Object.keys(app.shopify.orders).length;
  await app.advanceTo("2026-04-02T11:00:00Z");
  const after = Object.keys(app.shopify.orders).length;
  console.log(before, after, await app.ctx.db.charge.groupBy({ by: ["state", "imported"], _count: true }));
  console.log(await app.ctx.db.historyEvent.groupBy({ by: ["type"], _count: true }));
  expect(after).toBeGreaterThan(before);
});
