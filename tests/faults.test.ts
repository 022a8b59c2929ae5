import { describe, expect, test } from "vitest";

import { testApp } from "./app";
import { cyclesByIndex, setFaults } from "./dev-shop/domain";

const START = "2026-03-02T11:00:00Z";
const END = "2026-04-02T11:00:00Z";
/** Time for what went wrong to be put right, without faults. */
const HEALED = "2026-04-04T11:00:00Z";

/** The app and the stand-in together, without HTTP between them, through a month in which much goes wrong. */
describe.each([1, 2])("with answers lost, reads behind and webhooks astray, seed %i", (seed) => {
  test("every cycle that falls due is charged once", async () => {
    const app = await testApp({ now: START, subscribers: 6 });
    setFaults(app.world, {
      seed,
      throttle: 0.05,
      failBefore: 0.05,
      failAfter: 0.05,
      timeout: 0.05,
      staleRead: 0.1,
      processingFailed: 0.2,
      webhookDrop: 0.1,
      webhookDuplicate: 0.1,
      webhookDelay: 0.1,
      webhookReorder: 0.1,
    });
    await app.advanceTo(END);
    const met = new Set(app.shopify.calls.map(({ outcome }) => outcome));
    expect([...met]).toEqual(
      expect.arrayContaining(["THROTTLED", "FAIL_BEFORE", "FAIL_AFTER", "TIMEOUT", "STALE_READ", "USER_ERRORS"]),
    );
    setFaults(app.world, {});
    await app.advanceTo(HEALED);

    const started = new Date(START).toISOString();
    const paid = Object.values(app.shopify.attempts)
      .filter(({ origin, state, createdAt }) => origin === "app" && state === "Success" && createdAt > started)
      .map(({ contractId, cycleIndex }) => `${contractId}/${cycleIndex}`);
    expect(new Set(paid).size).toBe(paid.length);
    expect(paid.length).toBeGreaterThan(4);

    const unpaid = Object.values(app.shopify.contracts)
      .filter(({ status }) => status === "ACTIVE")
      .flatMap((contract) =>
        cyclesByIndex(app.world, app.shopify, contract, 1, 60)
          .filter(({ billingAttemptExpectedDate: at }) => at > START && at < END)
          .filter(({ status, skipped }) => status === "UNBILLED" && !skipped)
          .map(({ cycleIndex }) => `${contract.id}/${cycleIndex}`),
      );
    expect(unpaid).toEqual([]);
  });
});
