import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { StockPolicy } from "~/generated/prisma/enums";

import type { ExpectedLine } from "./engine";
import type { StockRuleOf } from "./settings/settings";
import { decideStock } from "./stock";
import type { StockLevel } from "./stock";

const line = (variantId: string | null, quantity: number, id = `line ${variantId}`): ExpectedLine => ({
  lineShopifyId: id,
  variantId,
  title: `Coffee ${variantId}`,
  quantity,
  price: "100.00",
});
const level = (available: number | null, title = "There"): StockLevel => ({ available, price: "120.00", title });
const levelsOf = (levels: Record<string, number | null>) =>
  new Map(Object.entries(levels).map(([id, available]) => [id, level(available, `Coffee ${id}`)]));
const noOneOffs = { oneOffs: [], leftOut: [] };
const decide = (
  lines: ExpectedLine[],
  levels: Map<string, StockLevel>,
  stockPolicy: StockPolicy = "WAIT",
  rules: Record<string, StockRuleOf> = {},
) => decideStock(lines, levels, { stockPolicy, stockRules: new Map(Object.entries(rules)) });

describe("a renewal", () => {
  test("is sent when everything is there, and the next one sees what is left", () => {
    const levels = levelsOf({ a: 3 });
    expect(decide([line("a", 2)], levels)).toEqual({ kind: "SEND" });
    expect(levels.get("a")?.available).toBe(1);
    expect(decide([line("a", 2)], levels).kind).toBe("WAIT");
    expect(levels.get("a")?.available).toBe(1);
  });

  test("whose stock is unknown, not tracked or without a variant is sent: Shopify has the last word", () => {
    expect(decide([line("gone", 1), line("b", 99), line(null, 1)], levelsOf({ b: null }))).toEqual({ kind: "SEND" });
  });

  test("waits as a whole for one line that must be waited for: it is one order", () => {
    const rules = { b: { policy: "SKIP_LINE", substituteVariantId: null } } as const;
    const decision = decide([line("a", 1), line("b", 1)], levelsOf({ a: 0, b: 0 }), "WAIT", rules);
    expect(decision).toEqual({ kind: "WAIT", lines: [line("a", 1)] });
  });

  test("leaves out what is missing, and is skipped when nothing is left", () => {
    expect(decide([line("a", 1), line("b", 1)], levelsOf({ a: 0, b: 5 }), "SKIP_LINE")).toEqual({
      kind: "CHANGE",
      ...noOneOffs,
      changes: [{ kind: "REMOVE", line: line("a", 1) }],
    });
    expect(decide([line("a", 1)], levelsOf({ a: 0 }), "SKIP_LINE")).toEqual({ kind: "SKIP" });
  });

  test("ships what there is of a line, at most what was ordered", () => {
    expect(decide([line("a", 5)], levelsOf({ a: 2 }), "SHIP_REST")).toEqual({
      kind: "CHANGE",
      ...noOneOffs,
      changes: [{ kind: "QUANTITY", line: line("a", 5), quantity: 2 }],
    });
    expect(decide([line("a", 5)], levelsOf({ a: 0 }), "SHIP_REST")).toEqual({ kind: "SKIP" });
    expect(decide([line("a", 5)], levelsOf({ a: -3 }), "SHIP_REST")).toEqual({ kind: "SKIP" });
  });

  test("takes the substitute at the line's own price, and waits when that is missing too or unknown", () => {
    const rules = { a: { policy: "SUBSTITUTE", substituteVariantId: "b" } } as const;
    const substituted = decide([line("a", 1)], levelsOf({ a: 0, b: 1 }), "WAIT", rules);
    expect(substituted).toEqual({
      kind: "CHANGE",
      ...noOneOffs,
      changes: [{ kind: "VARIANT", line: line("a", 1), variantId: "b", title: "Coffee b" }],
    });
    expect(decide([line("a", 2)], levelsOf({ a: 0, b: 1 }), "WAIT", rules).kind).toBe("WAIT");
    expect(decide([line("a", 1)], levelsOf({ a: 0 }), "WAIT", rules).kind).toBe("WAIT");
  });

  test("counts two lines of one variant together", () => {
    const twice = [line("a", 2, "line 1"), line("a", 2, "line 2")];
    expect(decide(twice, levelsOf({ a: 3 }), "SHIP_REST")).toEqual({
      kind: "CHANGE",
      ...noOneOffs,
      changes: [{ kind: "QUANTITY", line: twice[1], quantity: 1 }],
    });
  });
});

test("no run sells more than there is, and what waits or is skipped takes nothing", () => {
  const policies = fc.constantFrom<StockPolicy[]>("WAIT", "SKIP_LINE", "SUBSTITUTE", "SHIP_REST");
  const variants = fc.constantFrom("a", "b", "c");
  const order = fc.array(fc.tuple(variants, fc.integer({ min: 1, max: 5 })), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(
      fc.array(order, { maxLength: 8 }),
      fc.array(fc.option(fc.integer({ min: 0, max: 10 })), { minLength: 3, maxLength: 3 }),
      fc.array(policies, { minLength: 3, maxLength: 3 }),
      (orders, stock, rules) => {
        const names = ["a", "b", "c"];
        const levels = levelsOf(Object.fromEntries(names.map((name, index) => [name, stock[index] ?? null])));
        const stockRules = Object.fromEntries(
          names.map((name, index): [string, StockRuleOf] => {
            const policy = rules[index] ?? "WAIT";
            const other = names[(index + 1) % 3] ?? null;
            return [name, { policy, substituteVariantId: policy === "SUBSTITUTE" ? other : null }];
          }),
        );
        const sold = new Map<string, number>();
        for (const lines of orders) {
          const wanted = lines.map(([variantId, quantity], index) => line(variantId, quantity, `line ${index}`));
          const verdict = decide(wanted, levels, "WAIT", stockRules);
          if (verdict.kind === "WAIT" || verdict.kind === "SKIP") continue;
          const changes = new Map(
            verdict.kind === "CHANGE" ? verdict.changes.map((change) => [change.line.lineShopifyId, change]) : [],
          );
          for (const { lineShopifyId, variantId, quantity } of wanted) {
            const change = changes.get(lineShopifyId);
            if (change?.kind === "REMOVE") continue;
            const taken = change?.kind === "VARIANT" ? change.variantId : (variantId ?? "");
            const count = change?.kind === "QUANTITY" ? change.quantity : quantity;
            expect(count).toBeLessThanOrEqual(quantity);
            sold.set(taken, (sold.get(taken) ?? 0) + count);
          }
        }
        for (const [index, name] of names.entries()) {
          const there = stock[index] ?? null;
          if (there === null) continue;
          expect(sold.get(name) ?? 0).toBeLessThanOrEqual(there);
          expect(levels.get(name)?.available).toBe(there - (sold.get(name) ?? 0));
        }
      },
    ),
    { numRuns: 300 },
  );
});
