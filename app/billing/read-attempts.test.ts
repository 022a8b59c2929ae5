import { expect, test } from "vitest";

import { testApp } from "../../tests/app";
import { readAttempts } from "./gate.server";

const RUN = 1000;
/** What a page of the newest attempts costs, and one attempt that is asked for by its id. */
const PAGE_POINTS = 46;
const POINTS = 4;

const app = await testApp();
const { ctx, shop, shopify } = app;
const [sample] = Object.values(shopify.attempts).filter(({ origin }) => origin === "app");
if (!sample) throw new Error("the demo shop has charged before");
const newest = Math.max(...Object.keys(shopify.attempts).map(Number));
const run = Array.from({ length: RUN }, (_, index) => String(newest + 1 + index));
for (const id of run) shopify.attempts[id] = { ...sample, id, idempotencyKey: `of the run ${id}` };

const gid = (id: string) => `gid://shopify/SubscriptionBillingAttempt/${id}`;

async function read(ids: readonly string[]): Promise<{ keys: Set<string>; points: number }> {
  const before = shopify.calls.length;
  const attempts = await readAttempts(ctx, shop, ids.map(gid));
  const calls = shopify.calls.slice(before);
  return {
    keys: new Set(attempts.map(({ outcome }) => outcome.idempotencyKey)),
    points: calls.reduce((sum, { actualCost }) => sum + actualCost, 0),
  };
}

const keysOf = (ids: readonly string[]) => new Set(ids.map((id) => `of the run ${id}`));

test("how a large run ended is read by whole pages, also what was sent first", async () => {
  expect(await read(run)).toEqual({ keys: keysOf(run), points: 4 * PAGE_POINTS });
  const sentFirst = run.slice(0, RUN / 2);
  expect(await read(sentFirst)).toEqual({ keys: keysOf(sentFirst), points: 4 * PAGE_POINTS });
});

test("what is old is asked for by its id, before looking for it among the newest has cost as much", async () => {
  const old = run.slice(0, 30);
  const { keys, points } = await read(old);
  expect(keys).toEqual(keysOf(old));
  expect(points).toBeLessThanOrEqual(3 * PAGE_POINTS + old.length * POINTS);
  expect((await read(run.slice(0, 3))).points).toBeLessThanOrEqual(3 * POINTS);
});
