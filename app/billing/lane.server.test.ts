import { beforeAll, describe, expect, test } from "vitest";

import type { Context } from "~/context.server";
import type { Db } from "~/db.server";
import type { Shop } from "~/generated/prisma/client";
import { AdminApiError } from "~/shopify/admin-api.server";

import { testDb } from "../../tests/db";
import { NOW, sqlStore } from "./ledger/charge-store.fixture";
import { hold, probeNow, reasonOf, release } from "./lane.server";

let db: Db;
beforeAll(async () => {
  ({ db } = await testDb());
});

const HOUR_MS = 3_600_000;
const later = (hours: number) => new Date(NOW.getTime() + hours * HOUR_MS);

async function lane() {
  const { ctx, shop } = await sqlStore(db, []);
  const at = (now: Date): Context => ({ ...ctx, clock: { now: () => now } });
  return {
    shop,
    hold: (reason: Parameters<typeof hold>[3], now = NOW) => db.$transaction((tx) => hold(at(now), tx, shop, reason)),
    release: (actor: "perennial" | "merchant") => db.$transaction((tx) => release(ctx, tx, shop, actor)),
    probe: (now: Date) => db.$transaction((tx) => probeNow(at(now), tx, shop.id)),
  };
}
const stateOf = async ({ id }: Shop) => {
  const row = await db.shop.findUniqueOrThrow({ where: { id } });
  return [row.billingHeldReason, row.billingHeldSince, row.billingHeldUntil];
};
const told = async () =>
  (await db.historyEvent.findMany({ orderBy: [{ at: "asc" }, { id: "asc" }] })).map(({ type }) => type);

test("trouble that Shopify's answer names is waited out, with its reason; any other error is not", () => {
  expect(
    (["SHOP_UNAVAILABLE", "SIGNED_OUT", "ACCESS_DENIED", "THROTTLED", "NO_ANSWER", "REFUSED"] as const).map((trouble) =>
      reasonOf(new AdminApiError(trouble, "")),
    ),
  ).toEqual(["FROZEN", "SIGNED_OUT", "SCOPES_LOST", "UNREACHABLE", "UNREACHABLE", "REFUSED"]);
  expect(reasonOf(new TypeError("x"))).toBeNull();
});

describe("a shop's billing", () => {
  test.each([
    ["FROZEN", 6],
    ["SIGNED_OUT", 1],
    ["SCOPES_LOST", 6],
    ["REFUSED", 1],
  ] as const)("that is held as %s says so once and is probed every %i hours", async (reason, hours) => {
    const { shop, ...on } = await lane();
    await on.hold(reason);
    await on.hold(reason, later(hours));
    expect(await stateOf(shop)).toEqual([reason, NOW, later(2 * hours)]);
    expect(await told()).toEqual(["billing.held"]);
  });

  test("that Shopify doesn't answer is tried again after a minute, then ever later, at most half an hour", async () => {
    const { shop, ...on } = await lane();
    const minutes: number[] = [];
    for (const at of [0, 2, 10, 30, 600]) {
      const now = new Date(NOW.getTime() + at * 60_000);
      await on.hold("UNREACHABLE", now);
      const [, , until] = await stateOf(shop);
      minutes.push((Number(until) - now.getTime()) / 60_000);
    }
    expect(minutes).toEqual([1, 1, 5, 15, 30]);
    expect(await told()).toEqual([]);
  });

  test("that waits for a person goes on waiting whatever else happens, and only a person lets it go on", async () => {
    const { shop, ...on } = await lane();
    await on.hold("AMOUNT_DIFFERS");
    await on.hold("UNREACHABLE", later(1));
    await on.probe(later(1));
    await on.release("perennial");
    expect(await stateOf(shop)).toEqual(["AMOUNT_DIFFERS", NOW, null]);
    await on.release("merchant");
    expect(await stateOf(shop)).toEqual([null, null, null]);
    expect(await told()).toEqual(["billing.held", "billing.resumed"]);
  });

  test("that is frozen stays so while its probes get no answer", async () => {
    const { shop, ...on } = await lane();
    await on.hold("FROZEN");
    await on.hold("UNREACHABLE", later(6));
    expect((await stateOf(shop)).slice(0, 2)).toEqual(["FROZEN", NOW]);
  });

  test("is probed at once when Shopify says that something has changed", async () => {
    const { shop, ...on } = await lane();
    await on.hold("SCOPES_LOST");
    await on.probe(later(1));
    expect(await stateOf(shop)).toEqual(["SCOPES_LOST", NOW, later(1)]);
  });
});
