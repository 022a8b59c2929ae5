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
import type { SubscriptionContractAtomicCreateInput } from "~/shopify/generated/admin";

import type { NotActed } from "./acting.server";
import { isEnded } from "./cycle-rules";
import { addressInput, lineInput, policyInput } from "./draft-steps";
import type { Terms } from "./edit";
import { editRow, gather, readTerms, termsOf } from "./edit-material.server";
import type { EditRow } from "./edit-material.server";
import { expectedAfterChange } from "./next-date";
import { planIn, pricingInProportion, pricingOn } from "./pricing";
import type { PlanTerms } from "./pricing";
import { rereadContracts } from "./read.server";
import { instrumentLabel, numberOf } from "./reading";
import type { Address } from "./reading";
import type { ContractTerms, LineTerms, Material } from "./terms";

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

/** Tells a contract that a restart has made, also when Shopify's answer was lost. Hidden from shoppers by its underscore. */
const MARK = "_perennial_restarted_from";
/** As long as a restart may be on its way: another click waits for it, a later one begins anew. */
const ON_ITS_WAY_MS = 60_000;
/** How long another click waits for the first one's contract. */
const OTHER_CLICK = { tries: 20, waitMs: 250 } as const;

interface Plan {
  row: EditRow;
  customerShopifyId: string;
  terms: ContractTerms;
  rhythm: PlanTerms | null;
  method: { id: string; label: string | null };
  firstAt: string | null;
  /** Shopify's id of a contract that an earlier try has made. */
  made: string | null;
}

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
 * Makes a new contract of an ended one: cancelled is final in Shopify. The first order comes one interval from now. A
 * double click makes one: the first is noted on the ended contract, the second waits for what it makes.
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

async function prepare(ctx: Context, shop: Shop, row: EditRow | null): Promise<Plan | RestartProblem> {
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
    const now = ctx.clock.now();
    // The new contract begins now: its first order comes when its first cycle ends.
    const firstAt = expectedAfterChange(
      { cycleIndex: 1, startAt: now },
      rhythm?.billing ?? terms.billing,
      now,
      shop.timeZone,
    );
    const made = answer.customer?.subscriptionContracts.nodes.find(({ customAttributes }) =>
      customAttributes.some(({ key, value }) => key === MARK && value === numberOf(row.shopifyId)),
    );
    return {
      row,
      customerShopifyId: customer.shopifyId,
      terms,
      rhythm,
      method,
      firstAt: firstAt?.toISOString() ?? null,
      made: made?.id ?? null,
    };
  } catch (error) {
    if (!(error instanceof AdminApiError)) throw error;
    return { outcome: "SHOPIFY_UNAVAILABLE" };
  }
}

type MethodNode = { id: string; revokedAt: string | null; instrument: Parameters<typeof instrumentLabel>[0] | null };

/** The contract's own if it still holds, else the newest that does. */
function methodOf(row: EditRow, methods: readonly MethodNode[]): { id: string; label: string | null } | null {
  const valid = methods.filter(({ revokedAt }) => revokedAt === null);
  const method = valid.find(({ id }) => id === row.paymentMethodId) ?? valid.at(-1);
  return method ? { id: method.id, label: method.instrument ? instrumentLabel(method.instrument) : null } : null;
}

/** What is still sold, at today's prices, from the plan's first phase on. */
function todaysTerms(row: EditRow, material: Material): { terms: ContractTerms; rhythm: PlanTerms | null } | null {
  const before = termsOf(row);
  let rhythm: PlanTerms | null = null;
  const lines = before.lines.flatMap((line): LineTerms[] => {
    const facts = line.variantId === null ? undefined : material.variants.get(line.variantId);
    if (!facts) return [];
    const plan = planIn(material.plans.get(facts.variantId) ?? [], line.sellingPlanId);
    rhythm ??= plan;
    const kept = { ...line, id: null, shopifyId: null, title: facts.title, variantTitle: facts.variantTitle };
    // In another currency than the shop's what it cost is the only price that is known.
    if (!material.pricesKnown) return [kept];
    const pricing = plan
      ? pricingOn(facts.price, plan, 0, row.currencyCode)
      : pricingInProportion(facts.price, { price: line.price, basePrice: facts.price }, row.currencyCode);
    const sold = plan ? {} : { sellingPlanId: null };
    return [{ ...kept, ...sold, price: pricing.currentPrice, pricing }];
  });
  return lines.length === 0 ? null : { terms: { ...before, lines }, rhythm };
}

async function create(ctx: Context, shop: Shop, plan: Plan, actor: Actor): Promise<string | RestartProblem> {
  const { subscriptionContractAtomicCreate: created } = await ctx
    .admin(shop.domain)
    .request(ContractRestartDocument, { input: createInput(ctx, plan, actor) });
  const refusal = created?.userErrors[0];
  if (refusal) {
    return { outcome: "REFUSED", message: refusal.message, ...(refusal.code ? { code: refusal.code } : {}) };
  }
  return created?.contract?.id ?? { outcome: "SHOPIFY_UNAVAILABLE" };
}

function createInput(ctx: Context, plan: Plan, actor: Actor): SubscriptionContractAtomicCreateInput {
  const { row, terms, rhythm, method } = plan;
  // Written by the mirror alone, in this shape.
  const address = row.shippingAddress ? (row.shippingAddress as object as Address) : null;
  const rhythmOf = ({ interval, count }: ContractTerms["billing"]) => ({ interval, intervalCount: count });
  return {
    customerId: plan.customerShopifyId,
    // Mirrored from Shopify, which names it so.
    currencyCode: row.currencyCode as SubscriptionContractAtomicCreateInput["currencyCode"],
    nextBillingDate: plan.firstAt ?? ctx.clock.now().toISOString(),
    actor: actor === "shopper" ? "CUSTOMER" : "MERCHANT",
    lines: terms.lines.map((line) => ({ line: lineInput(line) })),
    contract: {
      status: "ACTIVE",
      paymentMethodId: method.id,
      billingPolicy: {
        ...(rhythm ? policyInput(rhythm.billing) : rhythmOf(terms.billing)),
        minCycles: row.minCycles,
        maxCycles: row.maxCycles,
      },
      deliveryPolicy: rhythm ? policyInput(rhythm.delivery) : rhythmOf(terms.delivery),
      deliveryPrice: row.deliveryPrice.toString(),
      customAttributes: [{ key: MARK, value: numberOf(row.shopifyId) }],
      ...(address
        ? {
            deliveryMethod: {
              shipping: {
                address: addressInput({
                  ...emptied(address),
                  lastName: address.lastName ?? "",
                  address1: address.address1 ?? "",
                  zip: address.zip ?? "",
                  city: address.city ?? "",
                  countryCode: address.countryCode ?? "",
                }),
                ...(row.deliveryMethodTitle
                  ? { shippingOption: { title: row.deliveryMethodTitle, presentmentTitle: row.deliveryMethodTitle } }
                  : {}),
              },
            },
          }
        : {}),
    },
  };
}

const emptied = ({ firstName, company, address2, provinceCode, phone }: Address) => ({
  ...(firstName ? { firstName } : {}),
  ...(company ? { company } : {}),
  ...(address2 ? { address2 } : {}),
  ...(provinceCode ? { provinceCode } : {}),
  ...(phone ? { phone } : {}),
});

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
