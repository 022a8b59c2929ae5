import { expect, test } from "vitest";

import { testApp } from "../../tests/app";
import { setCardOutcomes } from "../../tests/dev-shop/domain";
import { createLog } from "./log.server";

/** I18: whatever goes wrong, who it happened to is told by number. */
test("renewals, declines, lost answers and nonsense leave no name, address or e-mail in the log", async () => {
  const lines: string[] = [];
  const log = createLog("trace", { write: (line) => lines.push(line) });
  const app = await testApp({ log, subscribers: 2 });
  const people = Object.values(app.shopify.customers);
  for (const person of people) setCardOutcomes(person, ["INSUFFICIENT_FUNDS"]);
  let calls = 0;
  app.intercept.fetch = (next) => async (input, init) => {
    calls += 1;
    if (calls % 5 === 0) throw new TypeError("fetch failed");
    const response = await next(input, init);
    if (calls % 3 !== 0) return response;
    // The answer is whole, and every number and status in it is nonsense.
    return new Response((await response.text()).replaceAll('"ACTIVE"', "{}"), { status: response.status });
  };
  const { dueAt } = await app.ctx.db.billingCycle.findFirstOrThrow({
    where: { outcome: null },
    orderBy: { dueAt: "asc" },
  });
  // What a job throws, its worker writes down.
  const tell = (error: unknown) => log.error({ err: error }, "job failed");
  for (let hours = 0; hours < 6; hours += 1) {
    await app.advanceTo(new Date(dueAt.getTime() + hours * 3_600_000).toISOString()).catch(tell);
  }
  expect(lines.length).toBeGreaterThan(3);
  const all = lines.join("");
  for (const { email, phone, firstName, lastName, defaultAddress } of people) {
    const personal = [email, phone, `${firstName} ${lastName}`, lastName, defaultAddress?.address1];
    for (const word of personal) if (word) expect(all).not.toContain(word);
  }
}, 180_000);
