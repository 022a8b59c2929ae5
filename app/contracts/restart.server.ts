import type { Context } from "~/context.server";
import type { Tx } from "~/db.server";
import type { Shop } from "~/generated/prisma/client";
import type { Actor } from "~/history/events";
import { append } from "~/history/history.server";
import { realTime } from "~/lib/real-time";
import type { Money } from "~/money/money";
import { nextAmountOf } from "~/money/next-amount";
import { AdminApiError } from "~/shopify/admin-api.server";
import { ContractRestartDocument, RestartCustomerDocument } from "~/shopify/generated/admin";

import type { NotActed } from "./acting.server";
import { isEnded } from "./cycle-rules";
import type { Terms } from "./edit";
import { editRow, gather } from "./edit-material.server";
import type { EditRow } from "./edit-material.server";
import { rereadContracts } from "./read.server";
import { numberOf } from "./reading";
import { createInput, firstOrderAt, MARK, methodOf, todaysTerms } from "./restart-terms";
import type { RestartPlan } from "./restart-terms";
import { readTerms } from "./row-terms";

export type RestartProblem =
  /** Only a cancelled or expired one is restarted. */
  | { outcome: "NOT_ENDED" }
  | { outcome: "NO_PAYMENT_METHOD" }
  /** Its products are not sold any more. */
  | { outcome: "NOT_OFFERED" }
  | Extract<NotActed, { outcome: "NOT_FOUND" | "SHOPIFY_UNAVAILABLE" | "REFUSED" }>;

export type RestartQuote =
  | {
      outcome: "QUOTED";
      /** At today's prices; `nextBillingAt` is the first order's date, as expected. */
      terms: Terms;
      minCycles: number | null;
      maxCycles: number | null;
      paymentMethodLabel: string | null;
    }
  | { outcome: "RESTARTED_ALREADY"; contractId: string }
  | RestartProblem;

export type RestartOutcome =
  /** Ours; also of the contract that an earlier click has made. */
  { outcome: "RESTARTED"; contractId: string; nextBillingAt: string | null; amount: Money } | RestartProblem;

export interface RestartOptions {
  actor: Actor;
  /** Keeps what was agreed to, in the transaction that tells the new contract's origin. */
  consent(tx: Tx, contractId: string): Promise<void>;
}

/** As long as a restart may be on its way: another click waits for it, a later one begins anew. */
const ON_ITS_WAY_MS = 60_000;
/** How long another click waits for the first one's contract. */
const OTHER_CLICK = { tries: 20, waitMs: 250 } as const;

/** What a restarted subscription would be: the same lines, plan and address at today's prices, without discounts. */
export async function quoteRestart(ctx: Context, shop: Shop, contractId: string): Promise<RestartQuote> {
  const row = await editRow(ctx, shop, contractId);
  const known = row ? await restartOf(ctx, shop, row) : null;
  if (known) return { outcome: "RESTARTED_ALREADY", contractId: known.id };
  const plan = await prepare(ctx, shop, row);
  if ("outcome" in plan) return plan;
  const delivery = { price: plan.row.deliveryPrice.toString(), title: plan.row.deliveryMethodTitle };
  return {
    outcome: "QUOTED",
    terms: readTerms({ ...plan.row, discounts: [] }, plan.terms, delivery, plan.firstAt),
    minCycles: plan.row.minCycles,
    maxCycles: plan.row.maxCycles,
    paymentMethodLabel: plan.method.label,
  };
}

/**
 * Makes a new contract of an ended one: cancelled is final in Shopify. The first order comes one interval from now, or
 * on the plan's next anchor. A double click makes one: the first is noted on the ended contract, the second waits for
 * what it makes.
 */
export async function restartContract(
  ctx: Context,
  shop: Shop,
  contractId: string,
  options: RestartOptions,
): Promise<RestartOutcome> {
  const row = await editRow(ctx, shop, contractId);
  if (!row) return { outcome: "NOT_FOUND" };
  const known = await restartOf(ctx, shop, row);
  if (known) return restarted(known);
  if (!isEnded(row.status)) return { outcome: "NOT_ENDED" };
  if (!(await claim(ctx, row))) return otherClick(ctx, shop, row);
  try {
    const plan = await prepare(ctx, shop, row);
    if ("outcome" in plan) return plan;
    const made = plan.made ?? (await create(ctx, shop, plan, options.actor));
    if (typeof made !== "string") return made;
    return await takeIn(ctx, shop, row, made, options);
  } catch (error) {
    if (!(error instanceof AdminApiError)) throw error;
    return { outcome: "SHOPIFY_UNAVAILABLE" };
  } finally {
    await ctx.db.subscriptionContract.updateMany({ where: { id: row.id }, data: { restartingSince: null } });
  }
}

const restartOf = (ctx: Context, shop: Shop, row: EditRow) =>
  ctx.db.subscriptionContract.findFirst({
    where: { shopId: shop.id, restartedFromId: row.id },
    include: { lines: { orderBy: { position: "asc" } } },
  });

const restarted = (row: NonNullable<Awaited<ReturnType<typeof restartOf>>>): RestartOutcome => ({
  outcome: "RESTARTED",
  contractId: row.id,
  nextBillingAt: row.nextBillingAt?.toISOString() ?? null,
  amount: nextAmountOf(row).total,
});

/** @returns false while another click's restart is on its way */
async function claim(ctx: Context, row: EditRow): Promise<boolean> {
  const now = ctx.clock.now();
  const { count } = await ctx.db.subscriptionContract.updateMany({
    where: {
      id: row.id,
      OR: [{ restartingSince: null }, { restartingSince: { lt: new Date(now.getTime() - ON_ITS_WAY_MS) } }],
    },
    data: { restartingSince: now },
  });
  return count === 1;
}

async function otherClick(ctx: Context, shop: Shop, row: EditRow): Promise<RestartOutcome> {
  for (let attempt = 0; attempt < OTHER_CLICK.tries; attempt += 1) {
    await realTime.wait(OTHER_CLICK.waitMs);
    const made = await restartOf(ctx, shop, row);
    if (made) return restarted(made);
  }
  return { outcome: "SHOPIFY_UNAVAILABLE" };
}

async function prepare(ctx: Context, shop: Shop, row: EditRow | null): Promise<RestartPlan | RestartProblem> {
  if (!row) return { outcome: "NOT_FOUND" };
  if (!isEnded(row.status)) return { outcome: "NOT_ENDED" };
  const customer = row.customerId
    ? await ctx.db.customer.findUnique({ where: { id: row.customerId }, select: { shopifyId: true, redactedAt: true } })
    : null;
  // Whoever has asked to be forgotten has no contract that could be made again.
  if (!customer || customer.redactedAt !== null) return { outcome: "NOT_FOUND" };
  try {
    const variants = [...new Set(row.lines.flatMap(({ variantId }) => variantId ?? []))];
    const [material, answer] = await Promise.all([
      gather(ctx, shop, row, { variants, plans: variants, policies: false }),
      ctx.admin(shop.domain).request(RestartCustomerDocument, { customerId: customer.shopifyId }),
    ]);
    const method = methodOf(row, answer.customer?.paymentMethods.nodes ?? []);
    if (!method) return { outcome: "NO_PAYMENT_METHOD" };
    const today = todaysTerms(row, material);
    if (!today) return { outcome: "NOT_OFFERED" };
    const { terms, rhythm } = today;
    // The new contract begins now: its first order comes when its first cycle ends.
    const firstAt = firstOrderAt(rhythm?.billing ?? terms.billing, shop.timeZone, ctx.clock.now());
    const made = answer.customer?.subscriptionContracts.nodes.find(({ customAttributes }) =>
      customAttributes.some(({ key, value }) => key === MARK && value === numberOf(row.shopifyId)),
    );
    return {
      row,
      customerShopifyId: customer.shopifyId,
      terms,
      rhythm,
      method,
      firstAt: firstAt.toISOString(),
      made: made?.id ?? null,
    };
  } catch (error) {
    if (!(error instanceof AdminApiError)) throw error;
    return { outcome: "SHOPIFY_UNAVAILABLE" };
  }
}

async function create(ctx: Context, shop: Shop, plan: RestartPlan, actor: Actor): Promise<string | RestartProblem> {
  const { subscriptionContractAtomicCreate: created } = await ctx
    .admin(shop.domain)
    .request(ContractRestartDocument, { input: createInput(plan, actor) });
  const refusal = created?.userErrors[0];
  if (refusal) {
    return { outcome: "REFUSED", message: refusal.message, ...(refusal.code ? { code: refusal.code } : {}) };
  }
  return created?.contract?.id ?? { outcome: "SHOPIFY_UNAVAILABLE" };
}

/** Mirrors the new contract and notes where it comes from, once. */
async function takeIn(
  ctx: Context,
  shop: Shop,
  row: EditRow,
  shopifyId: string,
  { actor, consent }: RestartOptions,
): Promise<RestartOutcome> {
  const id = (await rereadContracts(ctx, shop, [shopifyId], { whole: true })).get(shopifyId);
  // Shopify has made it and can't show it yet: the next click finds it by its mark.
  if (!id) return { outcome: "SHOPIFY_UNAVAILABLE" };
  await ctx.db.$transaction(async (tx) => {
    const { count } = await tx.subscriptionContract.updateMany({
      where: { id, restartedFromId: null },
      data: { restartedFromId: row.id },
    });
    if (count === 0) return;
    await consent(tx, id);
    const data = { from: numberOf(row.shopifyId) };
    await append(ctx, tx, { shopId: shop.id, contractId: id, type: "contract.restarted", actor, data });
  });
  const made = await restartOf(ctx, shop, row);
  return made ? restarted(made) : { outcome: "SHOPIFY_UNAVAILABLE" };
}
