import { buildSchema, parse, validate } from "graphql";
import { expect, test } from "vitest";

import { bulkQueryText } from "./bulk-query";
import { SweepAttemptsDocument } from "./generated/admin";

test("a bulk query has its variables and its fragments written in", () => {
  const text = bulkQueryText(SweepAttemptsDocument, { search: `created_at:>='2026-03-01' "x"` });
  expect(text).toContain(String.raw`subscriptionBillingAttempts(query: "created_at:>='2026-03-01' \"x\"")`);
  expect(text).not.toContain("$");
  expect(text).not.toMatch(/fragment \w+ on|\.\.\.\w/);
  expect(text).toContain("... on MoneyV2");
  expect(validate(buildSchema("type Query { a: Int }"), parse(text))).not.toEqual([]);
});
