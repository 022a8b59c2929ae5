import { afterAll, beforeAll, expect, test } from "vitest";

import { fillBulkOperation, runDueEvents, startBulkOperation } from "../domain";
import type { RunningDevShop } from "../start";
import type { Shop } from "../world";
import { startTinyApp, startWithShop, type Caller, type TinyApp } from "./test-kit";

let app: TinyApp;
let running: RunningDevShop;
let shop: Shop;
let call: Caller;

beforeAll(async () => {
  app = await startTinyApp();
  ({ running, shop, call } = await startWithShop(app));
});
afterAll(async () => {
  await running.stop();
  await app.stop();
});

test("a bulk operation's result lies at its own address, for whoever knows it, once it is completed", async () => {
  const { world } = running.devShop;
  const { operation } = startBulkOperation(world, shop, "{ subscriptionContracts { edges { node { id } } } }");
  if (!operation) throw new Error("not started");
  fillBulkOperation(operation, { lines: ['{"id":"ø"}', '{"id":"b"}'], rootObjectCount: 2, errorCode: null });
  const address = `/_bulk/proving/${operation.id}/${operation.resultToken}.jsonl`;
  expect((await call("GET", address)).status).toBe(404);
  world.now = "2026-03-02T12:00:00.000Z";
  runDueEvents(world);
  const { status, text, headers } = await call("GET", address);
  expect([status, text, headers.get("content-type")]).toEqual([
    200,
    '{"id":"ø"}\n{"id":"b"}\n',
    expect.stringContaining("jsonl"),
  ]);
  expect((await call("GET", `/_bulk/proving/${operation.id}/wrong.jsonl`)).status).toBe(404);
});
