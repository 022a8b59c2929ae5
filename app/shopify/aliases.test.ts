import { print } from "graphql";
import { expect, test } from "vitest";

import { AdminApiError } from "./admin-api.server";
import type { AdminApi } from "./admin-api.server";
import { requestAll, requestEach } from "./aliases";
import { CycleAttemptsDocument } from "./generated/admin";

/** Answers each alias with its own cycle's index; refuses the whole call if one of the cycles is 13. */
function standIn(): { admin: AdminApi; calls: string[] } {
  const calls: string[] = [];
  const admin: AdminApi = {
    request: (document, variables) => {
      calls.push(print(document));
      const values = Object.entries(variables).filter(([name]) => name.endsWith("_cycleIndex"));
      if (values.some(([, value]) => value === 13))
        return Promise.reject(new AdminApiError("REFUSED", "no such cycle"));
      const data = values.map(([name, value]) => [name.replace("cycleIndex", "subscriptionBillingCycle"), value]);
      return Promise.resolve(Object.fromEntries(data));
    },
    rate: () => ({ restoreRate: 100, available: 2000, maximum: 2000 }),
  };
  return { admin, calls };
}

const cycles = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ contractId: `gid://${index}`, cycleIndex: index + 1 }));

test("many operations go out in one call, each with its own variables, and come back in their order", async () => {
  const { admin, calls } = standIn();
  const answers = await requestAll(admin, CycleAttemptsDocument, cycles(12));
  expect(answers.map((answer) => answer.subscriptionBillingCycle)).toEqual(
    cycles(12).map(({ cycleIndex }) => cycleIndex),
  );
  expect(calls).toHaveLength(1);
  expect(calls[0]).toContain("$n11_cycleIndex: Int!");
  expect(calls[0]).toContain("n11_subscriptionBillingCycle: subscriptionBillingCycle(");
  expect(await requestAll(admin, CycleAttemptsDocument, [])).toEqual([]);
});

test("one that Shopify refuses is null and leaves the others alone", async () => {
  const { admin } = standIn();
  const answers = await requestEach(admin, CycleAttemptsDocument, cycles(20), 10);
  expect(answers).toHaveLength(20);
  expect(answers[12]).toBeNull();
  expect(answers.filter((answer) => answer === null)).toHaveLength(1);
});
