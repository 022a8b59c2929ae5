import { beforeAll, describe, expect, it } from "vitest";
import { attemptsOf, currentCycleIndex, cycleAt } from "../domain";
import { createWorld } from "../world";
import type { Shop, World } from "../world";
import hudpleie from "./hudpleie";
import kaffebonna from "./kaffebonna";

const NOW = "2026-11-23T11:00:00.000Z";

describe("Kaffebønna", () => {
  let world: World;
  let shop: Shop;
  beforeAll(() => {
    world = createWorld(NOW);
    shop = kaffebonna(world);
  });

  it("comes out the same every time", () => {
    const again = createWorld(NOW);
    kaffebonna(again);
    expect(again).toEqual(world);
  });

  it("has thirty subscribers: two paused, three cancelled, the others active, one of them just declined", () => {
    const contracts = Object.values(shop.contracts);
    const count = (status: string): number => contracts.filter((contract) => contract.status === status).length;
    expect(contracts).toHaveLength(30);
    expect([count("ACTIVE"), count("PAUSED"), count("CANCELLED")]).toEqual([25, 2, 3]);
    const failed = Object.values(shop.attempts).filter((attempt) => attempt.state === "Failed");
    expect(failed).toHaveLength(1);
    expect(Date.parse(NOW) - Date.parse(failed[0]?.createdAt ?? "")).toBeLessThan(7 * 24 * 3600 * 1000);
    expect(shop.contracts[failed[0]?.contractId ?? ""]).toMatchObject({
      status: "ACTIVE",
      lastPaymentStatus: "FAILED",
    });
  });

  it("has lived eight months: each cycle that passed was billed once at its date, or has a reason not to be", () => {
    let skips = 0;
    for (const contract of Object.values(shop.contracts)) {
      const attempts = attemptsOf(shop, contract.id).filter(({ cycleIndex }) => cycleIndex !== null);
      const last = currentCycleIndex(world, shop, contract);
      for (let index = 1; index < last; index += 1) {
        const cycle = cycleAt(world, shop, contract, index);
        const own = attempts.filter((attempt) => attempt.cycleIndex === index);
        const successes = own.filter(({ state }) => state === "Success");
        if (cycle.skipped) skips += 1;
        const expected = cycle.billingAttemptExpectedDate;
        const standing = contract.status === "ACTIVE" && !cycle.skipped && expected < NOW;
        if (standing && own[0]?.state !== "Failed") expect(successes, `${contract.id} ${index}`).toHaveLength(1);
        expect(successes.length).toBeLessThanOrEqual(1);
        expect(cycle.status).toBe(successes.length === 1 ? "BILLED" : "UNBILLED");
        for (const attempt of own) expect(Date.parse(attempt.createdAt)).toBe(Date.parse(expected));
        for (const attempt of successes) expect(shop.orders[attempt.orderId ?? ""]?.cycleIndex).toBe(index);
      }
    }
    expect(skips).toBeGreaterThanOrEqual(3);
    const oldest =
      Object.values(shop.contracts)
        .map(({ createdAt }) => createdAt)
        .sort()[0] ?? "";
    expect(oldest.slice(0, 7)).toBe("2026-03");
  });

  it("leaves the present as it was: its time, nothing to be sent, nothing in flight, full shelves", () => {
    expect(world.now).toBe(NOW);
    expect([shop.outbox, shop.webhooks, shop.mail]).toEqual([[], [], []]);
    expect(Object.values(shop.attempts).filter(({ state }) => state === "Pending")).toEqual([]);
    expect(Object.values(shop.attempts).every(({ createdAt }) => createdAt < NOW)).toBe(true);
    for (const variant of Object.values(shop.variants)) expect(variant.inventory).toBeGreaterThan(0);
  });

  it("sells some coffees by subscription and leaves others for the merchant's next plan", () => {
    const [group, ...others] = Object.values(shop.sellingPlanGroups);
    expect(others).toEqual([]);
    expect(group?.productIds.length).toBeLessThan(Object.keys(shop.products).length - 1);
    expect(group?.sellingPlanIds).toHaveLength(3);
  });

  it("grows to a thousand subscribers in seconds", () => {
    const started = performance.now();
    const big = createWorld(NOW);
    const grown = kaffebonna(big, { name: "stor", subscribers: 1000 });
    expect(performance.now() - started).toBeLessThan(15_000);
    expect(new Set(Object.values(grown.customers).map(({ email }) => email)).size).toBe(1000);
  });
});

describe("Hudpleie", () => {
  it("lives beside Kaffebønna in one world, with its own currency and zone", () => {
    const world = createWorld(NOW);
    const coffee = kaffebonna(world);
    const ordersBefore = Object.keys(coffee.orders).length;
    const skin = hudpleie(world);
    expect(Object.keys(world.shops)).toEqual(["kaffebonna", "hudpleie"]);
    expect(skin).toMatchObject({ currency: "SEK", timeZone: "Europe/Stockholm" });
    expect(Object.keys(skin.contracts)).toHaveLength(8);
    expect(Object.values(skin.orders).every(({ currency }) => currency === "SEK")).toBe(true);
    expect(Object.keys(coffee.orders)).toHaveLength(ordersBefore);
    expect(world.now).toBe(NOW);
  });
});
