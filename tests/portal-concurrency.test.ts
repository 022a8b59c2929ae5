import { expect, test } from "vitest";

import { rereadContracts } from "~/contracts/read.server";
import type { PortalAction, Problem, Receipt } from "~/portal/actions";
import { perform } from "~/portal/perform.server";
import { preview } from "~/portal/preview.server";
import { saveSwapOptions } from "~/portal/settings.server";
import type { Shopper } from "~/portal/shopper";

import { testApp } from "./app";
import type { TestApp } from "./app";
import { letBucketsFill } from "./dev-shop/admin-api/bucket";
import { cyclesByIndex, hasFutureEdits, scheduleEditCycle, setFaults, setStock } from "./dev-shop/domain";
import { randomFrom } from "./dev-shop/scenarios/random";
import { gid } from "./dev-shop/world";
import type { Contract } from "./dev-shop/world";

/**
 * Shoppers change their subscriptions in the portal in the very minutes in which these are charged, while answers are
 * lost and calls throttled. Each looks at what it would do, confirms it, and lets it wait for the payment if that is
 * offered. What a shopper is told was done is so at Shopify; what they are told was not done is not; what waits is carried
 * out in the end; nobody pays twice.
 */

const ACTIONS = 50;
const MINUTE_MS = 60_000;
/** Half past eight in Oslo; renewals are charged from nine, over eighteen minutes. */
const START = "2026-03-02T07:30:00Z";
const WINDOW = { from: "2026-03-02T07:58:00Z", minutes: 24, spread: 18 } as const;
const HEALED = "2026-03-03T10:00:00Z";

const KINDS = ["skip", "quantity", "swap", "frequency", "add-one-off", "pause", "cancel", "order-now"] as const;
type Kind = (typeof KINDS)[number];

/** DONE: as the shopper was told. UNKNOWN: Shopify could not be reached; the shopper was told to look again. */
type Told = "DONE" | "NOT_DONE" | "QUEUED" | "UNKNOWN";

interface Asked {
  kind: Kind;
  contract: Contract;
  contractId: string;
  told: Told;
  outcome: string;
  /** When the shopper had the answer. */
  at: string;
  /** Whether Shopify has it as asked. */
  holds: () => boolean | Promise<boolean>;
}

const toldOf = (answer: Receipt | Problem): Told =>
  answer.ok ? (answer.queued ? "QUEUED" : "DONE") : answer.problem === "SHOPIFY_UNAVAILABLE" ? "UNKNOWN" : "NOT_DONE";

const contractsOf = (app: TestApp): Contract[] =>
  Object.values(app.shopify.contracts).filter(({ status }) => status === "ACTIVE");

const shopifyIdOf = ({ id }: Contract): string => gid("SubscriptionContract", id);

const READ_AT_ONCE = 10;

/** Three in four renewals fall due within the window. */
async function makeDue(app: TestApp, contracts: readonly Contract[], seed: number): Promise<void> {
  const random = randomFrom(seed);
  for (const contract of contracts) {
    if (random.below(4) === 0) continue;
    const cycle = cyclesByIndex(app.world, app.shopify, contract, 1, 60).find(
      ({ status, skipped, cycleEndAt }) => status === "UNBILLED" && !skipped && cycleEndAt > app.world.now,
    );
    if (!cycle || cycle.cycleStartAt > app.world.now) continue;
    const billingDate = new Date(Date.parse(app.world.now) + MINUTE_MS).toISOString();
    scheduleEditCycle(app.world, app.shopify, contract, { index: cycle.cycleIndex }, { billingDate });
  }
  await app.ctx.db.shop.update({ where: { id: app.shop.id }, data: { billingWindowMinutes: WINDOW.spread } });
  app.shop.billingWindowMinutes = WINDOW.spread;
  // No time passes while the test gets everything ready, and with it no points would come back.
  for (let from = 0; from < contracts.length; from += READ_AT_ONCE) {
    letBucketsFill(app.world, MINUTE_MS);
    const some = contracts.slice(from, from + READ_AT_ONCE);
    await rereadContracts(app.ctx, app.shop, some.map(shopifyIdOf), { whole: true });
  }
  letBucketsFill(app.world, MINUTE_MS);
}

const ordersOf = (app: TestApp, contract: Contract) =>
  Object.values(app.shopify.orders).filter(({ contractIds }) => contractIds.includes(contract.id));

/** What this one sells to swap to and to add: a product that nobody has yet. */
async function offerOthers(app: TestApp, contracts: readonly Contract[]): Promise<string> {
  const had = new Set(contracts.flatMap(({ lines }) => lines.map(({ variantId }) => variantId)));
  const other = Object.values(app.shopify.variants).find(({ id }) => !had.has(id));
  if (!other) throw new Error("everybody has everything");
  await saveSwapOptions(app.ctx, app.shop, [
    {
      variantId: gid("ProductVariant", other.id),
      productId: gid("Product", other.productId),
      title: "Another",
      variantTitle: null,
      imageUrl: null,
      forSwap: true,
      forAdd: false,
      forOneOff: true,
    },
  ]);
  return other.id;
}

/** What one shopper asks for, and how one tells from Shopify whether it is so. */
async function ask(app: TestApp, kind: Kind, contract: Contract, otherId: string): Promise<Asked> {
  const { ctx, shop, shopify } = app;
  const row = await ctx.db.subscriptionContract.findFirstOrThrow({
    where: { shopId: shop.id, shopifyId: shopifyIdOf(contract) },
    include: {
      lines: { orderBy: { position: "asc" } },
      cycles: { where: { outcome: null, claimed: false }, orderBy: { cycleIndex: "asc" } },
    },
  });
  const [line] = row.lines;
  if (!line) throw new Error("nothing to change");
  const cycleIndex = row.cycles[0]?.cycleIndex ?? 1;
  const variant = gid("ProductVariant", otherId);
  const shopper: Shopper = { shop, customerId: gid("Customer", contract.customerId), locale: "en" };
  const asked = async (action: PortalAction, holds: Asked["holds"]): Promise<Asked> => {
    const answer = await click(app, shopper, row.id, action);
    const outcome = answer.ok ? answer.title : answer.problem;
    return { kind, contract, contractId: row.id, told: toldOf(answer), outcome, at: app.world.now, holds };
  };
  switch (kind) {
    case "skip": {
      const isSkipped = () => contract.cycleEdits[String(cycleIndex)]?.skipped === true;
      return asked(
        { kind, cycle: cycleIndex },
        () => isSkipped() && ordersOf(app, contract).every((each) => each.cycleIndex !== cycleIndex),
      );
    }
    case "quantity": {
      const quantity = line.quantity + 3;
      return asked({ kind, line: line.id, quantity }, () => contract.lines[0]?.quantity === quantity);
    }
    case "swap":
      return asked({ kind, line: line.id, variant }, () => contract.lines[0]?.variantId === otherId);
    case "frequency": {
      const group = Object.values(shopify.sellingPlanGroups).find(({ sellingPlanIds }) =>
        sellingPlanIds.includes(contract.lines[0]?.sellingPlanId ?? ""),
      );
      const planId = group?.sellingPlanIds.find((id) => id !== contract.lines[0]?.sellingPlanId) ?? "";
      return asked({ kind, sellingPlan: gid("SellingPlan", planId) }, () =>
        contract.lines.every(({ sellingPlanId }) => sellingPlanId === planId),
      );
    }
    case "add-one-off":
      return asked({ kind, variant, quantity: 1 }, async () => {
        const stored = await ctx.db.oneOff.findFirst({ where: { contractId: row.id, variantId: variant } });
        const sold = ordersOf(app, contract).filter(({ lines }) =>
          lines.some(({ variantId, quantity }) => variantId === otherId && quantity === 1),
        );
        // On one order once it is paid, on none before.
        return stored !== null && sold.length === (stored.chargedAt ? 1 : 0);
      });
    case "pause":
      return asked({ kind, until: null }, () => contract.status === "PAUSED");
    case "cancel":
      return asked({ kind, leaving: null }, () => contract.status === "CANCELLED");
    case "order-now": {
      const before = ordersOf(app, contract).length;
      const ordered = () => ordersOf(app, contract).filter((each) => each.cycleIndex === cycleIndex).length;
      const answered = await asked({ kind }, () => ordered() === 1 && ordersOf(app, contract).length > before);
      // Not done, it is charged when it is due: only what was done can be told.
      return answered.told === "DONE" ? answered : { ...answered, holds: () => false };
    }
  }
}

/** As a page does it: what it would do, the button, and the other button if the payment has to be waited for. */
async function click(app: TestApp, shopper: Shopper, id: string, action: PortalAction): Promise<Receipt | Problem> {
  const shown = await preview(app.ctx, shopper, id, action);
  if (!shown.ok) return shown;
  const { seen } = shown;
  const answer = await perform(app.ctx, shopper, id, action, { seen });
  return !answer.ok && answer.canQueue ? perform(app.ctx, shopper, id, action, { seen, queue: true }) : answer;
}

/** The minute of the window in which its charge is pending; null: it is not due. */
async function minuteOfCharge(app: TestApp, contract: Contract): Promise<number | null> {
  const next = await app.ctx.db.billingCycle.findFirst({
    where: { contract: { shopifyId: shopifyIdOf(contract) }, outcome: null, skipped: false },
    orderBy: { cycleIndex: "asc" },
  });
  const minute = next ? Math.ceil((next.dueAt.getTime() - Date.parse(WINDOW.from)) / MINUTE_MS) + 1 : -1;
  return minute >= 0 && minute < WINDOW.minutes ? minute : null;
}

/** Renewals and shoppers at once. */
async function rush(app: TestApp, contracts: readonly Contract[], otherId: string, seed: number): Promise<Asked[]> {
  const random = randomFrom(seed);
  const left = [...contracts];
  const plan: { contract: Contract; kind: Kind; minute: number }[] = [];
  for (let number = 0; number < ACTIONS; number += 1) {
    const [contract] = left.splice(random.below(left.length), 1);
    if (!contract) throw new Error("too few subscribers");
    // Every other one comes while it is being charged, as far as it is due.
    const charged = number % 2 === 0 ? await minuteOfCharge(app, contract) : null;
    const kind = KINDS[Math.floor(number / 2) % KINDS.length] ?? "skip";
    plan.push({ contract, kind, minute: charged ?? random.below(WINDOW.minutes) });
  }
  const asked: Asked[] = [];
  for (let minute = 0; minute < WINDOW.minutes; minute += 1) {
    const now = plan.filter((each) => each.minute === minute);
    const until = new Date(Date.parse(WINDOW.from) + minute * MINUTE_MS).toISOString();
    // Both at once: the engine's rounds and the shoppers' calls take turns at every step of theirs.
    const [, ...answers] = await Promise.all([
      app.advanceTo(until),
      ...now.map(({ kind, contract }) => ask(app, kind, contract, otherId)),
    ]);
    asked.push(...answers);
  }
  return asked;
}

async function expectWhatWasTold(app: TestApp, asked: readonly Asked[]): Promise<void> {
  const wrong: string[] = [];
  for (const { kind, contract, contractId, told, outcome, holds, at } of asked) {
    const is = await holds();
    const named = `${kind} ${contract.id}: ${outcome}, and Shopify ${is ? "has" : "hasn't"} it`;
    if (told === "DONE" && !is) wrong.push(named);
    if (told === "NOT_DONE" && is) wrong.push(named);
    if (told === "QUEUED") {
      const [queued] = await app.ctx.db.queuedEdit.findMany({ where: { contractId } });
      if (queued?.state === "WAITING" || (queued?.state === "DONE") !== is) wrong.push(`${named}, ${queued?.state}`);
    }
    // Whoever was told that it is paused or cancelled is not charged after that.
    const isStopped = told === "DONE" && (kind === "pause" || kind === "cancel");
    const later = Object.values(app.shopify.attempts).filter(
      ({ contractId: id, createdAt }) => id === contract.id && createdAt > at,
    );
    if (isStopped && later.length > 0) wrong.push(`${named}, and was charged after that`);
  }
  expect(wrong).toEqual([]);
}

async function expectSoundBooks(app: TestApp, contracts: readonly Contract[]): Promise<void> {
  const paid = Object.values(app.shopify.attempts)
    .filter(({ origin, state, createdAt }) => origin === "app" && state === "Success" && createdAt > START)
    .map(({ contractId, cycleIndex }) => `${contractId}/${cycleIndex}`);
  expect(new Set(paid).size).toBe(paid.length);
  expect(paid.length).toBeGreaterThan(15);
  const shop = await app.ctx.db.shop.findUniqueOrThrow({ where: { id: app.shop.id } });
  expect(shop.billingHeldReason).toBeNull();
  expect(await app.ctx.db.charge.findMany({ where: { differsBy: { not: null } } })).toEqual([]);
  expect(contracts.filter((each) => hasFutureEdits(app.world, app.shopify, each)).map(({ id }) => id)).toEqual([]);
  // Declined cards are dunning's: what is due is paid, or is being asked for.
  const forgotten = await app.ctx.db.billingCycle.findMany({
    where: {
      dueAt: { lt: new Date(app.world.now) },
      OR: [
        { outcome: null, claimed: false, contract: { status: "ACTIVE" } },
        { charge: { state: { in: ["CLAIMED", "SENDING", "PENDING", "UNKNOWN", "PARKED"] } } },
      ],
    },
    select: { contractId: true, cycleIndex: true, waitReason: true, charge: { select: { state: true } } },
  });
  expect(forgotten).toEqual([]);
}

test("shoppers who change their subscriptions while these are charged: no edit is lost, nobody pays twice", async () => {
  const seed = 1;
  const app = await testApp({ now: START, subscribers: 64 });
  const contracts = contractsOf(app);
  for (const { id } of Object.values(app.shopify.variants)) setStock(app.world, app.shopify, id, 1000);
  const otherId = await offerOthers(app, contracts);
  await makeDue(app, contracts, seed);
  setFaults(app.world, { seed, throttle: 0.03, failBefore: 0.03, failAfter: 0.05, timeout: 0.05 });
  const asked = await rush(app, contracts, otherId, seed);
  const met = new Set(app.shopify.calls.map(({ outcome }) => outcome));
  expect([...met]).toEqual(expect.arrayContaining(["THROTTLED", "FAIL_BEFORE", "FAIL_AFTER", "TIMEOUT"]));
  setFaults(app.world, {});
  await app.advanceTo(HEALED);

  const counted = asked.map(({ told }) => told);
  expect(counted).toHaveLength(ACTIONS);
  expect(counted.filter((told) => told === "DONE").length).toBeGreaterThan(15);
  expect(counted.filter((told) => told !== "DONE").length).toBeGreaterThan(3);
  expect(counted).toContain("QUEUED");
  await expectWhatWasTold(app, asked);
  await expectSoundBooks(app, contracts);
});
