import type { Context } from "~/context.server";
import type { Tx } from "~/db.server";
import { Prisma } from "~/generated/prisma/client";
import type { Shop } from "~/generated/prisma/client";
import { appendAll } from "~/history/history.server";
import type { NewEvent } from "~/history/events";
import { storedDiscounts } from "~/money/next-amount";

import { pendingActOf } from "./act";
import type { PendingAct } from "./act";
import { sameLines, sameTotals } from "./diff";
import { startOfDay } from "./days";
import { customersOf } from "./customers.server";
import { isHeld, maxRenewals } from "./cycle-rules";
import { changeEvents, createdEvent, withAll } from "./mirror-events.server";
import type { MirrorRow } from "./mirror-events.server";
import { knownCycles, mergeCycles, writeCycles } from "./mirror-cycles.server";
import type { CycleRow } from "./mirror-cycles.server";
import type { ContractReading, CycleReading, Glance, LineReading, PickupPlace } from "./reading";

/** A contract as it was read, whole or at a glance, with the cycles of the same moment. */
export type Reading =
  /** Its answer can't be understood: the mirror stays as it is. */
  | { kind: "unreadable"; contract: { shopifyId: string }; answer: unknown; cycles: CycleReading[] }
  | { kind: "whole"; contract: ContractReading; cycles: CycleReading[] }
  | { kind: "glance"; contract: Glance; cycles: CycleReading[] };

/** Above every index that PostgreSQL's integer holds a cycle for. */
const NO_INDEX = 2_147_483_647;

export interface Applied {
  /** Ids of ours, for the contracts that are in the mirror now. */
  ids: Map<string, string>;
  /** Contracts seen at a glance whose rest must be read, by Shopify's id. */
  mustReadWhole: string[];
}

/**
 * Brings the mirror up to what Shopify said, in one transaction, and appends to the history what has changed.
 * What has not changed is not written. Reading the same twice changes nothing.
 */
export async function applyReadings(ctx: Context, shop: Shop, readings: readonly Reading[]): Promise<Applied> {
  if (readings.length === 0) return { ids: new Map(), mustReadWhole: [] };
  return ctx.db.$transaction((tx) => applyIn(ctx, tx, shop, readings));
}

async function applyIn(ctx: Context, tx: Tx, shop: Shop, readings: readonly Reading[]): Promise<Applied> {
  const known = await lockKnown(
    tx,
    shop,
    readings.map(({ contract }) => contract.shopifyId),
  );
  const whole = readings.filter((reading) => reading.kind === "whole");
  const customers = await customersOf(
    ctx,
    tx,
    shop,
    whole.flatMap(({ contract }) => (contract.customer ? [contract.customer] : [])),
  );

  const before = await knownCycles(
    tx,
    readings.flatMap(({ contract, cycles: read }) => {
      const row = known.get(contract.shopifyId);
      return row ? [{ contractId: row.id, fromIndex: read[0]?.cycleIndex ?? NO_INDEX }] : [];
    }),
  );

  const events: NewEvent[] = [];
  const cycles: CycleRow[] = [];
  const touched: string[] = [];
  const mustReadWhole: string[] = [];
  // An import brings many new ones at once.
  const newContracts: ContractRow[] = [];
  const newLines: LineRow[] = [];
  const ids = new Map<string, string>();

  const unreadable: { row: MirrorRow; answer: unknown }[] = [];

  for (const reading of readings) {
    const row = known.get(reading.contract.shopifyId);
    if (reading.kind === "unreadable") {
      if (row) ids.set(reading.contract.shopifyId, row.id);
      if (row) unreadable.push({ row, answer: reading.answer });
      else ctx.log.warn({ shop: shop.domain, contract: reading.contract.shopifyId }, "a contract can't be understood");
      continue;
    }
    if (reading.kind === "glance" && (!row || !sameAtAGlance(row, reading.contract))) {
      mustReadWhole.push(reading.contract.shopifyId);
      continue;
    }
    const id = row?.id ?? ctx.ids.next();
    ids.set(reading.contract.shopifyId, id);
    const act = row ? pendingActOf(row.pendingAct, ctx.clock.now()) : null;
    if (reading.kind === "whole") {
      const customer = customers.get(reading.contract.customer?.shopifyId ?? "");
      // What was deleted at a person's wish does not come back with the next reading.
      const contract = customer?.redacted ? { ...reading.contract, ...WITHOUT_PERSON } : reading.contract;
      const data = contractRow(ctx, shop, id, contract, customer?.id ?? null);
      if (row) {
        await updateContract(ctx, tx, shop, row, data, contract, act);
        events.push(...changeEvents(shop, row, contract, act));
      } else {
        newContracts.push(data);
        newLines.push(...lineRows(ctx, id, contract));
        events.push(createdEvent(shop, id, contract));
      }
    }
    const facts = reading.kind === "whole" ? reading.contract : row;
    if (!facts) continue;
    const merged = mergeCycles(
      {
        shop,
        contractId: id,
        now: ctx.clock.now(),
        readings: reading.cycles,
        status: facts.status,
        maxRenewals: maxRenewals(facts),
        resumed: row !== undefined && (isHeld(row.status) || row.goneAt !== null) && facts.status === "ACTIVE",
        rescheduled: row !== undefined && reading.kind === "whole" && isRescheduled(row, reading.contract),
        act,
      },
      before.get(id) ?? [],
    );
    cycles.push(...merged.rows);
    events.push(...merged.events);
    if (merged.rows.length > 0 || reading.kind === "whole") touched.push(id);
  }

  await markUnreadable(ctx, tx, shop, unreadable);
  if (newContracts.length > 0) await tx.subscriptionContract.createMany({ data: newContracts });
  if (newLines.length > 0) await tx.subscriptionLine.createMany({ data: newLines });
  await writeCycles(tx, shop.id, cycles, ctx.clock.now());
  await refreshNextBilling(tx, touched);
  await appendAll(ctx, tx, await withNextDates(tx, events));
  return { ids, mustReadWhole };
}

/** What a contract tells of who somebody is and where they live. */
const WITHOUT_PERSON = {
  shippingAddress: null,
  deliveryOption: null,
  paymentMethodLabel: null,
  paymentMethodExpiry: null,
} as const;

/** Of an answer that can't be understood, this much is kept for whoever looks into it. */
const ANSWER_KEPT = 10_000;

const PERSONAL: readonly string[] = [
  "firstName",
  "lastName",
  "defaultEmailAddress",
  "address",
  "instrument",
  "phone",
  "instructions",
];

/** Of what says who somebody is and where they live only its kind is kept: nobody looks for it here when it is deleted. */
const withoutPeople = (key: string, value: unknown): unknown =>
  PERSONAL.includes(key) && value !== null ? `(${typeof value})` : value;

/** The contracts stay as they were. Told once for each, when it begins. */
async function markUnreadable(
  ctx: Context,
  tx: Tx,
  shop: Shop,
  unreadable: readonly { row: MirrorRow; answer: unknown }[],
): Promise<void> {
  const now = ctx.clock.now();
  for (const { row, answer } of unreadable) {
    const unreadableAnswer = JSON.stringify(answer, withoutPeople).slice(0, ANSWER_KEPT).replaceAll("\\u0000", "");
    const unreadableSince = row.unreadableSince ?? now;
    // It is there: not to be taken for gone.
    await tx.subscriptionContract.update({
      where: { id: row.id },
      data: { unreadableSince, unreadableAnswer, readAt: now },
    });
    if (row.unreadableSince === null) {
      ctx.log.warn({ shop: shop.domain, contract: row.shopifyId }, "a contract can't be understood");
    }
  }
}

async function lockKnown(tx: Tx, shop: Shop, shopifyIds: string[]): Promise<Map<string, MirrorRow>> {
  // In one order everywhere, so that two readers never wait for each other.
  await tx.$queryRaw`
    SELECT 1 FROM "SubscriptionContract"
    WHERE "shopId" = ${shop.id}::uuid AND "shopifyId" = ANY(${shopifyIds})
    ORDER BY id FOR UPDATE`;
  const rows = await tx.subscriptionContract.findMany({
    where: { shopId: shop.id, shopifyId: { in: shopifyIds } },
    include: withAll,
  });
  return new Map(rows.map((row) => [row.shopifyId, row]));
}

const isRescheduled = (row: MirrorRow, reading: ContractReading): boolean =>
  row.billingInterval !== reading.billingInterval || row.billingIntervalCount !== reading.billingIntervalCount;

const sameAtAGlance = (row: MirrorRow, glance: Glance): boolean =>
  row.status === glance.status &&
  row.revisionId === glance.revisionId &&
  row.paymentMethodId === glance.paymentMethodId &&
  (row.customer?.shopifyId ?? null) === glance.customerId &&
  row.unreadableSince === null &&
  row.goneAt === null &&
  // It was read before ways of delivery were.
  row.deliveryMethod !== null &&
  // An order uses up a discount without a new revision.
  storedDiscounts(row.discounts).every(({ orders }) => orders === null);

type ContractRow = Prisma.SubscriptionContractCreateManyInput;
type LineRow = Prisma.SubscriptionLineCreateManyInput;

function contractRow(
  ctx: Context,
  shop: Shop,
  id: string,
  reading: ContractReading,
  customerId: string | null,
): ContractRow {
  const { status, revisionId, currencyCode, minCycles, maxCycles, deliveryPrice, shippingAddress } = reading;
  const { billingInterval, billingIntervalCount, deliveryInterval, deliveryIntervalCount } = reading;
  const { originOrderId, originOrderName, paymentMethodId, paymentMethodLabel, paymentMethodRevokedAt } = reading;
  const { paymentMethodExpiry, deliveryMethod, deliveryOption, deliveryMethodTitle } = reading;
  const { shopifyId, shopifyCreatedAt, shopifyUpdatedAt } = reading;
  return {
    id,
    shopId: shop.id,
    shopifyId,
    customerId,
    status,
    revisionId,
    currencyCode,
    billingInterval,
    billingIntervalCount,
    deliveryInterval,
    deliveryIntervalCount,
    minCycles,
    maxCycles,
    deliveryPrice,
    originOrderId,
    originOrderName,
    paymentMethodId,
    paymentMethodLabel,
    paymentMethodExpiry,
    paymentMethodRevokedAt,
    shopifyCreatedAt,
    shopifyUpdatedAt,
    deliveryMethod,
    deliveryOption: deliveryOption ? { ...deliveryOption, place: asJson(deliveryOption.place) } : Prisma.DbNull,
    deliveryMethodTitle,
    discounts: reading.discounts.map((discount) => ({ ...discount })),
    shippingAddress: shippingAddress ? { ...shippingAddress } : Prisma.DbNull,
    readAt: ctx.clock.now(),
    unreadableSince: null,
    unreadableAnswer: null,
    goneAt: null,
  };
}

const asJson = (place: PickupPlace | null) => (place ? { ...place } : null);

const lineRows = (ctx: Context, contractId: string, reading: ContractReading): LineRow[] =>
  reading.lines.map((line) => lineRow(contractId, line, ctx.ids.next()));

const lineRow = (contractId: string, line: LineReading, id: string): LineRow => ({
  ...line,
  attributes: line.attributes.map((attribute) => ({ ...attribute })),
  id,
  contractId,
});

async function updateContract(
  ctx: Context,
  tx: Tx,
  shop: Shop,
  row: MirrorRow,
  data: ContractRow,
  reading: ContractReading,
  act: PendingAct | null,
): Promise<void> {
  const isNewCard =
    reading.paymentMethodRevokedAt === null &&
    (row.paymentMethodId !== reading.paymentMethodId ||
      row.paymentMethodLabel !== reading.paymentMethodLabel ||
      row.paymentMethodExpiry !== reading.paymentMethodExpiry ||
      row.paymentMethodRevokedAt !== null);
  const changed = isNewCard ? { paymentMethodChangedAt: ctx.clock.now() } : {};
  const pause =
    reading.status !== "PAUSED"
      ? { pausedUntil: null }
      : row.status !== "PAUSED" && act?.type === "contract.paused"
        ? { pausedUntil: act.until ? startOfDay(act.until, shop.timeZone) : null }
        : {};
  await tx.subscriptionContract.update({ where: { id: row.id }, data: { ...data, ...changed, ...pause } });
  if (sameLines(row.lines, reading.lines) && sameTotals(row.lines, reading.lines)) return;
  // A line keeps our id as long as Shopify's: pages and changes that wait name it.
  const known = new Map(row.lines.map((line) => [line.shopifyId, line.id]));
  await tx.subscriptionLine.deleteMany({ where: { contractId: row.id } });
  await tx.subscriptionLine.createMany({
    data: reading.lines.map((line) => lineRow(row.id, line, known.get(line.shopifyId) ?? ctx.ids.next())),
  });
}

/** Earliest open cycle's expected date of contracts that may be charged; null for the others. */
export async function refreshNextBilling(tx: Tx, contractIds: readonly string[]): Promise<void> {
  if (contractIds.length === 0) return;
  await tx.$executeRaw`
    UPDATE "SubscriptionContract" AS contract SET "nextBillingAt" = next.at
    FROM (
      SELECT c.id, CASE WHEN c.status = 'ACTIVE' AND c."goneAt" IS NULL THEN (
        SELECT min(cycle."expectedAt") FROM "BillingCycle" cycle
        WHERE cycle."contractId" = c.id AND cycle.outcome IS NULL AND NOT cycle.claimed
      ) END AS at
      FROM "SubscriptionContract" c WHERE c.id = ANY(${[...contractIds]}::uuid[])
    ) AS next
    WHERE contract.id = next.id AND contract."nextBillingAt" IS DISTINCT FROM next.at`;
}

/** "Resumed" tells the next date, which is only known once the cycles are written. */
async function withNextDates(tx: Tx, events: NewEvent[]): Promise<NewEvent[]> {
  const resumed = events.flatMap(({ type, contractId }) =>
    type === "contract.resumed" && contractId ? [contractId] : [],
  );
  if (resumed.length === 0) return events;
  const rows = await tx.subscriptionContract.findMany({
    where: { id: { in: resumed } },
    select: { id: true, nextBillingAt: true },
  });
  const next = new Map(rows.map((row) => [row.id, row.nextBillingAt?.toISOString() ?? null]));
  return events.map((event) =>
    event.type === "contract.resumed" && event.contractId
      ? { ...event, data: { nextBillingAt: next.get(event.contractId) ?? null } }
      : event,
  );
}
