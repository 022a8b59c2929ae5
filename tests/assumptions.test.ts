import { describe, expect, test } from "vitest";

import { testApp } from "./app";
import { cyclesByIndex, RULES } from "./dev-shop/domain";

/** What we don't know of Shopify must not matter: the guarantees hold whichever way an assumed rule turns out. */
const assumed = Object.entries(RULES).flatMap(([name, rule]) =>
  rule.evidence === "assumed" ? [{ name, otherwise: !rule.default }] : [],
);

/** Three weeks around the change to summer time. */
const START = "2026-03-18T11:00:00Z";
const END = "2026-04-08T11:00:00Z";

describe.each(assumed)("with $name $otherwise", async ({ name, otherwise }) => {
  const app = await testApp({ now: START, subscribers: 6, assumptions: { [name]: otherwise } });

  test("every cycle that falls due in three weeks is charged once, and the ledger says what Shopify says", async () => {
    await app.advanceTo(END);
    const made = Object.values(app.shopify.attempts).filter(
      ({ origin, createdAt }) => origin === "app" && createdAt > new Date(START).toISOString(),
    );
    const successes = made.filter(({ state }) => state === "Success");
    const cycles = successes.map(({ contractId, cycleIndex }) => `${contractId}/${cycleIndex}`);
    expect(new Set(cycles).size).toBe(cycles.length);

    const ledger = await app.ctx.db.charge.findMany({
      where: { shopId: app.shop.id, imported: false, state: "PAID" },
      include: { contract: true },
    });
    expect(
      ledger.map(({ contract, cycleIndex }) => `${contract.shopifyId.split("/").at(-1)}/${cycleIndex}`).sort(),
    ).toEqual(cycles.sort());

    const missed = Object.values(app.shopify.contracts)
      .filter(({ status }) => status === "ACTIVE")
      .flatMap((contract) =>
        cyclesByIndex(app.world, app.shopify, contract, 1, 60)
          .filter(({ billingAttemptExpectedDate: at }) => at > START && at < END)
          .filter(({ status, skipped }) => status === "UNBILLED" && !skipped)
          .filter(
            ({ cycleIndex }) => !made.some((each) => each.contractId === contract.id && each.cycleIndex === cycleIndex),
          )
          .map(({ cycleIndex }) => `${contract.id}/${cycleIndex}`),
      );
    expect(missed).toEqual([]);
    expect(successes.length).toBeGreaterThan(3);
  });
});
