import { expect, test } from "vitest";

import { testApp } from "../../tests/app";
import { setCardOutcomes } from "../../tests/dev-shop/domain";
import { createLog } from "./log.server";

/** I18: whatever goes wrong, who it happened to is told by number. */
test("a month of renewals, declines, lost answers and nonsense leaves no name, address or e-mail in the log", async () => {
  const lines: string[] = [];
  const log = createLog("trace", { write: (line) => lines.push(line) });
  const app = await testApp({ log, sweeps: true });
  const people = Object.values(app.shopify.customers);
  for (const person of people.slice(1)) setCardOutcomes(person, ["INSUFFICIENT_FUNDS"]);
  let calls = 0;
  app.intercept.fetch = (next) => async (input, init) => {
    calls += 1;
    if (calls % 9 === 0) throw new TypeError("fetch failed");
    const response = await next(input, init);
    if (calls % 11 !== 0) return response;
    // The answer is whole, and every number and status in it is nonsense.
    return new Response((await response.text()).replaceAll('"ACTIVE"', "{}"), { status: response.status });
  };
  await app.advanceTo("2026-04-02T11:00:00Z").catch((error: unknown) => log.error({ err: error }, "a job failed"));
  expect(lines.length).toBeGreaterThan(5);
  const all = lines.join("");
  for (const { email, phone, firstName, lastName, defaultAddress } of people) {
    const personal = [email, phone, `${firstName} ${lastName}`, lastName, defaultAddress?.address1];
    for (const word of personal) if (word) expect(all).not.toContain(word);
  }
});
