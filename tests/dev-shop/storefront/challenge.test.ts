import { afterAll, beforeAll, expect, it } from "vitest";
import { createAttempt, nextEventAt, runDueEvents, setCardOutcomes } from "../domain";
import type { Attempt } from "../world";
import { startStorefront } from "./test-kit";
import type { Storefront } from "./test-kit";

let storefront: Storefront;
beforeAll(async () => {
  storefront = await startStorefront();
});
afterAll(() => storefront.stop());

/** An attempt that waits for the shopper, and the path of its page. */
function challenged(): { attempt: Attempt; path: string } {
  const { shop, devShop } = storefront;
  const { world } = devShop;
  const contract = Object.values(shop.contracts).find(({ status }) => status === "ACTIVE");
  const customer = shop.customers[contract?.customerId ?? ""];
  if (!contract || !customer) throw new Error("Nobody subscribes.");
  setCardOutcomes(customer, ["challenge"]);
  const { attempt } = createAttempt(world, shop, contract, { idempotencyKey: `k${world.lastId}` }, "app");
  world.now = nextEventAt(world) ?? world.now;
  runDueEvents(world);
  if (!attempt?.nextActionUrl) throw new Error("The attempt was not challenged.");
  return { attempt, path: new URL(attempt.nextActionUrl).pathname };
}

const topics = (): string[] => storefront.shop.outbox.splice(0).map(({ topic }) => topic);

it("tells the app when the page is opened, once, and asks in the visitor's language", async () => {
  const { path } = challenged();
  topics();
  const visitor = storefront.visitor();
  const { status, text } = await visitor.get(path);
  expect(status).toBe(200);
  expect(text).toContain("Godkjenn betalingen");
  expect((await visitor.get(`${path}?locale=en`)).text).toContain("Approve the payment");
  expect(topics()).toEqual(["subscription_billing_attempts/challenged"]);
});

it.each([
  ["approve", "Success", null],
  ["refuse", "Failed", "AUTHENTICATION_FAILED"],
] as const)("%s ends the attempt as %s; a second answer comes too late", async (answer, state, errorCode) => {
  const { attempt, path } = challenged();
  const visitor = storefront.visitor();
  await visitor.get(path);
  expect((await visitor.post(path, { answer })).status).toBe(200);
  expect(attempt).toMatchObject({ state, errorCode });
  expect((await visitor.post(path, { answer: "approve" })).status).toBe(409);
  expect((await visitor.get(path)).text).toContain("venter ikke lenger");
});

it("is not found for an attempt that is not the shop's", async () => {
  expect((await storefront.visitor().get("/subscription_billing_attempts/1/challenge")).status).toBe(404);
});
