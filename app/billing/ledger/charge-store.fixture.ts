import { Decimal } from "decimal.js";

import type { Context } from "~/context.server";
import { refreshNextBilling } from "~/contracts/mirror.server";
import type { Db } from "~/db.server";
import type { Shop } from "~/generated/prisma/client";
import { FixedClock } from "~/lib/clock";
import { randomIds } from "~/lib/ids";
import { log } from "~/lib/log.server";

import { sqlChargeStore } from "./charge-store.server";
import type { ChargeStore } from "./charge-store";
import { MemoryChargeStore } from "./charge-store.memory";
import type { MemoryContract } from "./charge-store.memory";
import { DEFAULT_SETTINGS } from "../settings/settings";
import type { BillingSettings } from "../settings/settings";

/** Two keepers of the ledger, set up alike and shown alike, for tests that compare them. */

/** What people and Shopify do to a contract in the mirror. */
export type ContractChange = Partial<
  Pick<MemoryContract, "status" | "revisionId" | "paymentMethodChangedAt" | "dunningPausedAt" | "changingSince">
>;

export interface ChargeRow {
  state: string;
  /** "1 FAILED key", oldest first. */
  attempts: string[];
  nextActionAt: Date | null;
  dunningEndsAt: Date | null;
  parkedReason: string | null;
  skippedReason: string | null;
  errorCode: string | null;
  declineClass: string | null;
  declines: number;
  gatewayTroubles: number;
  firstFailedAt: Date | null;
  remindedAt: Date | null;
  paidAt: Date | null;
  paidAmount: string | null;
  differsBy: string | null;
  expectedAmount: string;
  confirmed: boolean;
  cycleEdited: boolean;
}

export interface CycleRow {
  outcome: string | null;
  claimed: boolean;
  dueAt: Date;
  waitReason: string | null;
  waitSince: Date | null;
}

export interface ContractRow {
  dunningPausedAt: Date | null;
  foreignSeenAt: Date | null;
  nextBillingAt: Date | null;
  /** "…a1 on 4 charged", the first asked for first. */
  oneOffs: string[];
}

const toldOneOff = (id: string, cycleIndex: number | null, chargedAt: Date | null): string =>
  [id.slice(-2), cycleIndex === null ? "waits" : `on ${cycleIndex}`, ...(chargedAt ? ["charged"] : [])].join(" ");

export interface StoreUnderTest {
  store: ChargeStore;
  /** Null without one. */
  charge(contractId: string, cycleIndex: number): Promise<ChargeRow | null>;
  chargeId(contractId: string, cycleIndex: number): Promise<string>;
  cycle(contractId: string, cycleIndex: number): Promise<CycleRow>;
  contract(contractId: string): Promise<ContractRow>;
  /** What the mirror learns from Shopify. */
  change(contractId: string, change: ContractChange): Promise<void>;
  /** Shopify calls this cycle billed, as far as the mirror knows. */
  billed(contractId: string, cycleIndex: number): Promise<void>;
  /** A person lets a failed or parked charge go on. */
  letGo(contractId: string, cycleIndex: number, now: Date): Promise<void>;
}

export type MakeStore = (contracts: MemoryContract[], settings?: Partial<BillingSettings>) => Promise<StoreUnderTest>;

const at = (iso: string) => new Date(iso);
export const NOW = at("2026-03-02T08:00:00Z");
export const CONTRACT = "0197a000-0000-7000-8000-000000000001";
export const OTHER = "0197a000-0000-7000-8000-000000000002";
/** Added to the next delivery of the first contract, and one that nobody ever puts on a cycle. */
export const ONE_OFF = "0197a000-0000-7000-8000-0000000000a1";
const ONE_THAT_WAITS = "0197a000-0000-7000-8000-0000000000a2";
export const gid = (contractId: string) => `gid://shopify/SubscriptionContract/${contractId.at(-1) ?? ""}`;

/** Two weekly contracts: the first has cycles 4 and 5 due, the second cycle 1. */
export function suiteContracts(): MemoryContract[] {
  const contract = (contractId: string): Omit<MemoryContract, "cycles"> => ({
    contractId,
    contractShopifyId: gid(contractId),
    status: "ACTIVE",
    revisionId: "1",
    originOrderId: "gid://shopify/Order/1",
    billingInterval: "WEEK",
    billingIntervalCount: 1,
    lines: [
      {
        lineShopifyId: "gid://shopify/SubscriptionLine/1",
        variantId: "gid://shopify/ProductVariant/1",
        title: "Mørk",
        quantity: 2,
        price: "75.00",
      },
    ],
    expectedDelivery: "49.00",
    expectedAmount: "199.00",
    currencyCode: "NOK",
    foreignSeenAt: null,
    paymentMethodChangedAt: null,
    dunningPausedAt: null,
  });
  const cycle = (cycleIndex: number, due: string) => ({
    cycleIndex,
    expectedAt: at(due),
    dueAt: at(due),
    outcome: null,
    claimed: false,
    waitReason: null,
    waitSince: null,
  });
  const oneOff = (oneOffId: string) => ({
    oneOffId,
    variantId: "gid://shopify/ProductVariant/2",
    title: "Kvern",
    quantity: 1,
    price: "299.0000",
    cycleIndex: null,
    chargedAt: null,
  });
  return [
    {
      ...contract(CONTRACT),
      oneOffs: [oneOff(ONE_OFF), oneOff(ONE_THAT_WAITS)],
      cycles: [
        cycle(4, "2026-02-23T08:00:00Z"),
        cycle(5, "2026-03-02T08:00:00Z"),
        cycle(6, "2026-03-09T08:00:00Z"),
        cycle(7, "2026-03-16T08:00:00Z"),
      ],
    },
    { ...contract(OTHER), cycles: [cycle(1, "2026-03-01T08:00:00Z"), cycle(2, "2026-03-08T08:00:00Z")] },
  ];
}

const settingsWith = (change: Partial<BillingSettings> = {}): BillingSettings => ({
  ...DEFAULT_SETTINGS,
  timeZone: "Europe/Oslo",
  ...change,
});

const plain = (amount: { toString(): string } | null): string | null =>
  amount === null ? null : new Decimal(amount.toString()).toString();

export const memoryStore: MakeStore = (contracts, settings) => {
  const store = new MemoryChargeStore(contracts, settingsWith(settings));
  const contractOf = (contractId: string) => {
    const contract = store.contract(contractId);
    if (!contract) throw new Error(`No contract ${contractId}.`);
    return contract;
  };
  const find = (contractId: string, cycleIndex: number) =>
    store.chargesOf(contractId).find((charge) => charge.cycleIndex === cycleIndex);
  return Promise.resolve({
    store,
    charge(contractId, cycleIndex) {
      const charge = find(contractId, cycleIndex);
      if (!charge) return Promise.resolve(null);
      const { state, nextActionAt, dunningEndsAt, parkedReason, skippedReason, errorCode, declineClass } = charge;
      const { declines, gatewayTroubles, firstFailedAt, remindedAt, paidAt, confirmed, cycleEdited } = charge;
      return Promise.resolve({
        state,
        attempts: charge.attempts.map((each) => `${each.number} ${each.state} ${each.idempotencyKey}`),
        ...{ nextActionAt, dunningEndsAt, parkedReason, skippedReason, errorCode, declineClass },
        ...{ declines, gatewayTroubles, firstFailedAt, remindedAt, paidAt, confirmed, cycleEdited },
        paidAmount: plain(charge.paidAmount),
        differsBy: plain(charge.differsBy),
        expectedAmount: plain(charge.expectedAmount) ?? "",
      });
    },
    chargeId: (contractId, cycleIndex) => Promise.resolve(find(contractId, cycleIndex)?.chargeId ?? ""),
    cycle(contractId, cycleIndex) {
      const cycle = contractOf(contractId).cycles.find((each) => each.cycleIndex === cycleIndex);
      if (!cycle) throw new Error(`No cycle ${cycleIndex}.`);
      const { outcome, claimed, dueAt, waitReason, waitSince } = cycle;
      return Promise.resolve({ outcome, claimed, dueAt, waitReason, waitSince });
    },
    contract(contractId) {
      const { status, cycles, dunningPausedAt, foreignSeenAt, oneOffs: added = [] } = contractOf(contractId);
      const oneOffs = added.map((each) => toldOneOff(each.oneOffId, each.cycleIndex, each.chargedAt));
      const open = cycles.filter(({ outcome, claimed }) => outcome === null && !claimed);
      const dates = open.map(({ expectedAt }) => expectedAt.getTime());
      const nextBillingAt = status === "ACTIVE" && dates.length > 0 ? new Date(Math.min(...dates)) : null;
      return Promise.resolve({ dunningPausedAt, foreignSeenAt, nextBillingAt, oneOffs });
    },
    change: (contractId, change) => Promise.resolve(void Object.assign(contractOf(contractId), change)),
    billed(contractId, cycleIndex) {
      const cycle = contractOf(contractId).cycles.find((each) => each.cycleIndex === cycleIndex);
      if (cycle) cycle.outcome = "BILLED";
      return Promise.resolve();
    },
    letGo(contractId, cycleIndex, now) {
      const charge = find(contractId, cycleIndex);
      if (!charge) throw new Error("Nothing to let go.");
      const state = charge.state === "PARKED" ? "CLAIMED" : charge.state;
      const let_ = { state, nextActionAt: now, dunningEndsAt: null, parkedReason: null, confirmed: true };
      Object.assign(charge, { ...let_, updatedAt: now });
      return Promise.resolve();
    },
  });
};

/** A ledger in PostgreSQL; the shop that was there before is forgotten. */
export async function sqlStore(
  db: Db,
  contracts: readonly MemoryContract[],
  settings?: Partial<BillingSettings>,
): Promise<StoreUnderTest & { ctx: Context; shop: Shop; settings: BillingSettings }> {
  const { ctx, shop } = await shopWith(db, contracts);
  const all = settingsWith(settings);
  const byCycle = (contractId: string, cycleIndex: number) => ({
    where: { contractId_cycleIndex: { contractId, cycleIndex } },
  });
  return {
    ctx,
    shop,
    settings: all,
    store: sqlChargeStore(ctx, shop, all),
    async charge(contractId, cycleIndex) {
      const charge = await db.charge.findUnique({
        ...byCycle(contractId, cycleIndex),
        include: { attempts: { orderBy: { number: "asc" } } },
      });
      if (!charge) return null;
      const { state, nextActionAt, dunningEndsAt, parkedReason, skippedReason, errorCode, declineClass } = charge;
      const { declines, gatewayTroubles, firstFailedAt, remindedAt, paidAt, cycleEdited } = charge;
      return {
        state,
        attempts: charge.attempts.map((each) => `${each.number} ${each.state} ${each.idempotencyKey}`),
        ...{ nextActionAt, dunningEndsAt, parkedReason, skippedReason, errorCode, declineClass },
        ...{ declines, gatewayTroubles, firstFailedAt, remindedAt, paidAt, cycleEdited },
        confirmed: charge.confirmedBy !== null,
        paidAmount: plain(charge.paidAmount),
        differsBy: plain(charge.differsBy),
        expectedAmount: plain(charge.expectedAmount) ?? "",
      };
    },
    chargeId: async (contractId, cycleIndex) => (await db.charge.findUnique(byCycle(contractId, cycleIndex)))?.id ?? "",
    cycle: async (contractId, cycleIndex) => {
      const cycle = await db.billingCycle.findUniqueOrThrow(byCycle(contractId, cycleIndex));
      const { outcome, claimed, dueAt, waitReason, waitSince } = cycle;
      return { outcome, claimed, dueAt, waitReason, waitSince };
    },
    async contract(contractId) {
      const { oneOffs, ...row } = await db.subscriptionContract.findUniqueOrThrow({
        where: { id: contractId },
        select: {
          dunningPausedAt: true,
          foreignSeenAt: true,
          nextBillingAt: true,
          oneOffs: { orderBy: [{ addedAt: "asc" }, { id: "asc" }] },
        },
      });
      return { ...row, oneOffs: oneOffs.map((each) => toldOneOff(each.id, each.cycleIndex, each.chargedAt)) };
    },
    async change(contractId, { changingSince, ...change }) {
      const act = changingSince ? { pendingAct: { at: changingSince.toISOString() } } : {};
      await db.$transaction(async (tx) => {
        await tx.subscriptionContract.update({ where: { id: contractId }, data: { ...change, ...act } });
        await refreshNextBilling(tx, [contractId]);
      });
    },
    async billed(contractId, cycleIndex) {
      await db.billingCycle.update({ ...byCycle(contractId, cycleIndex), data: { billed: true, outcome: "BILLED" } });
    },
    async letGo(contractId, cycleIndex, now) {
      const { id, state } = await db.charge.findUniqueOrThrow(byCycle(contractId, cycleIndex));
      const let_ = { nextActionAt: now, dunningEndsAt: null, parkedReason: null, confirmedBy: "merchant" };
      await db.charge.update({
        where: { id },
        data: { ...let_, state: state === "PARKED" ? "CLAIMED" : state, updatedAt: now },
      });
    },
  };
}

async function shopWith(db: Db, contracts: readonly MemoryContract[]) {
  await db.shop.deleteMany();
  const ctx: Context = {
    clock: new FixedClock(NOW),
    ids: randomIds,
    log,
    db,
    jobs: { put: () => Promise.resolve(), putAll: () => Promise.resolve() },
    mailer: { send: () => Promise.resolve() },
    admin: () => {
      throw new Error("A store asks Shopify nothing.");
    },
  };
  const shop = await db.shop.create({
    data: {
      id: randomIds.next(),
      domain: "kaffebonna.myshopify.com",
      name: "Kaffebønna",
      email: "post@example.com",
      currencyCode: "NOK",
      timeZone: "Europe/Oslo",
      installedAt: at("2026-01-01T00:00:00Z"),
      reconciledAt: at("2026-01-01T00:00:00Z"),
    },
  });
  for (const { contractId, contractShopifyId, lines, expectedDelivery, cycles, oneOffs, ...contract } of contracts) {
    await db.subscriptionContract.create({
      data: {
        id: contractId,
        shopId: shop.id,
        shopifyId: contractShopifyId,
        status: contract.status,
        currencyCode: contract.currencyCode,
        billingInterval: contract.billingInterval,
        billingIntervalCount: contract.billingIntervalCount,
        deliveryInterval: contract.billingInterval,
        deliveryIntervalCount: contract.billingIntervalCount,
        deliveryPrice: expectedDelivery,
        revisionId: contract.revisionId,
        originOrderId: contract.originOrderId,
        nextBillingAt: cycles[0]?.expectedAt ?? null,
        shopifyCreatedAt: NOW,
        shopifyUpdatedAt: NOW,
        readAt: NOW,
        lines: {
          create: lines.map(({ lineShopifyId, price, ...line }, position) => ({
            ...line,
            id: randomIds.next(),
            shopifyId: lineShopifyId,
            position,
            currentPrice: price,
          })),
        },
        oneOffs: {
          create: (oneOffs ?? []).map(({ oneOffId, ...oneOff }) => ({
            ...oneOff,
            id: oneOffId,
            shopId: shop.id,
            currencyCode: contract.currencyCode,
            addedBy: "shopper",
            addedAt: NOW,
          })),
        },
        cycles: {
          create: cycles.map((cycle) => ({
            ...cycle,
            shopId: shop.id,
            startAt: cycle.expectedAt,
            endAt: cycle.expectedAt,
          })),
        },
      },
    });
  }
  return { ctx, shop };
}
