import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import { add, money } from "~/money/money";
import type { Money } from "~/money/money";
import { nextAmountOf, storedDiscounts } from "~/money/next-amount";
import { AdminApiError } from "~/shopify/admin-api.server";

import { beginAct, carryOut } from "./acting.server";
import { isEnded } from "./cycle-rules";
import { holdsDelivery } from "./delivery";
import type { DeliveryTerms } from "./delivery";
import { commitDraft } from "./draft.server";
import type { DraftSeen } from "./draft.server";
import { draftSteps, isAsAsked, isNothing } from "./draft-steps";
import type { ContractEdit, Terms } from "./edit";
import { inDraft, prepare } from "./edit-draft.server";
import { editRow } from "./edit-material.server";
import type { EditRow } from "./edit-material.server";
import type { EditOptions, EditOutcome, QuoteOutcome } from "./edit-outcomes";
import { expectedAfterChange } from "./next-date";
import { queueEdits } from "./queued-edits.server";
import { readTerms } from "./row-terms";
import { freeCycles } from "./standing-edits.server";
import type { ContractTerms } from "./terms";

export type { EditOptions, EditOutcome, EditProblem, QuoteOutcome } from "./edit-outcomes";

/** The contract moved on while an edit was prepared: it is prepared once more, on what it is now. */
const TRIES = 2;

/**
 * Changes a contract: one draft, compared with what was asked for, committed once, read again and compared. Nothing is
 * ever half done. A draft is nothing until it is committed; whether a commit whose answer was lost has happened, reading
 * again tells. Line prices follow from the variant and the plan and are restated with their policy (design.md, "Prices").
 */
export async function editContract(
  ctx: Context,
  shop: Shop,
  contractId: string,
  edits: readonly ContractEdit[],
  options: EditOptions,
): Promise<EditOutcome> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await tryEdit(ctx, shop, contractId, edits, options);
    // A person who has seen the contract decides anew; whoever has not means it as it is now.
    const movedOn = outcome.outcome === "STALE" && options.seen === undefined;
    // A renewal that has just begun may be behind it: the second time that is known.
    const renews = outcome.outcome === "REFUSED" && outcome.code === "HAS_FUTURE_EDITS";
    if (attempt === TRIES || !(movedOn || renews)) return outcome;
  }
}

async function tryEdit(
  ctx: Context,
  shop: Shop,
  contractId: string,
  edits: readonly ContractEdit[],
  options: EditOptions,
): Promise<EditOutcome> {
  const { actor, seen, queue = false } = options;
  const known = await editRow(ctx, shop, contractId);
  if (!known) return { outcome: "NOT_FOUND" };
  if (isEnded(known.status) || known.goneAt !== null) return { outcome: "ALREADY_ENDED" };
  if (seen !== undefined && known.revisionId !== seen) return { outcome: "STALE" };
  const prepared = await unlessUnavailable(() => prepare(ctx, shop, known, edits));
  if ("outcome" in prepared) return prepared;
  const { row, before, after } = prepared;
  const staysThere = after.deliveryCode === null && after.address === null;
  if (isNothing(draftSteps(before, after, null, row)) && staysThere) return edited(ctx, shop, row, null);

  const expected = await nextDate(ctx, shop, row, after);
  const act = { type: "contract.changed", cycleIndex: null, actor } as const;
  // What billing has put on a cycle for a declined payment gives way: its next try puts it there again.
  const freed = await freeCycles(ctx, shop, contractId);
  if (freed === "SHOPIFY_UNAVAILABLE") return { outcome: freed };
  const begun = freed === "FREE" ? await beginAct(ctx, shop, contractId, act) : ({ outcome: freed } as const);
  if ("outcome" in begun) {
    return begun.outcome === "RENEWAL_RUNNING" && queue ? queueEdits(ctx, shop, contractId, [...edits], actor) : begun;
  }
  const problem: { found: EditOutcome | null } = { found: null };
  const asked: { delivery: DeliveryTerms | null } = { delivery: null };
  const result = await carryOut(
    ctx,
    shop,
    begun.contract,
    async () => {
      const draft = await inDraft(ctx, shop, row, prepared);
      if ("outcome" in draft) {
        problem.found = draft;
        return null;
      }
      asked.delivery = draft.delivery;
      const committed = await commitDraft(ctx, shop, draft.draftId);
      if (committed?.userErrors.some(({ code }) => code === "STALE_CONTRACT")) {
        problem.found = { outcome: "STALE" };
        return null;
      }
      return committed;
    },
    async () => holds(await editRow(ctx, shop, contractId), row, after, asked.delivery),
  );
  if (problem.found) return problem.found;
  if (result.outcome !== "DONE") return result;
  const now = await editRow(ctx, shop, contractId);
  if (!now) return { outcome: "NOT_FOUND" };
  if (!holds(now, row, after, asked.delivery)) return { outcome: "NOT_AS_ASKED", takenBack: false };
  return edited(ctx, shop, now, expected);
}

const ADDRESS_PARTS = ["lastName", "address1", "zip", "city", "countryCode"] as const;

/** Whether the contract, read again, is what the edit made of it. */
function holds(now: EditRow | null, before: EditRow, asked: ContractTerms, delivery: DeliveryTerms | null): boolean {
  if (!now) return false;
  const discounts = storedDiscounts(now.discounts);
  const added = discounts.length - storedDiscounts(before.discounts).length;
  const wanted = asked.addDiscounts.length + asked.codes.length - asked.removeDiscounts.length;
  const address = (now.shippingAddress ?? {}) as Record<string, unknown>;
  return (
    isAsAsked(
      {
        lines: now.lines.map((line) => ({ ...line, price: line.currentPrice })),
        billing: { interval: now.billingInterval, count: now.billingIntervalCount },
        delivery: { interval: now.deliveryInterval, count: now.deliveryIntervalCount },
        deliveryPrice: now.deliveryPrice,
      },
      asked,
      delivery?.price ?? before.deliveryPrice,
    ) &&
    (delivery === null || holdsDelivery(now, delivery)) &&
    added === wanted &&
    asked.removeDiscounts.every((id) => !discounts.some((discount) => discount.id === id)) &&
    asked.lines.every(({ shopifyId, attributes }) => {
      const line = now.lines.find((one) => one.shopifyId === shopifyId);
      return !line || JSON.stringify(sorted(line.attributes)) === JSON.stringify(sorted(attributes));
    }) &&
    (asked.address === null ||
      // Somebody whose data were deleted has none in the mirror.
      now.shippingAddress === null ||
      (ADDRESS_PARTS.every((part) => address[part] === asked.address?.[part]) &&
        // Shopify may know the province by the postal code.
        (!asked.address.provinceCode || address.provinceCode === asked.address.provinceCode)))
  );
}

const sorted = (attributes: unknown): string[] =>
  (attributes as { key: string; value: string }[]).map(({ key, value }) => `${key}\n${value}`).sort();

async function nextDate(ctx: Context, shop: Shop, row: EditRow, after: ContractTerms): Promise<string | null> {
  if (!after.plan) return row.nextBillingAt?.toISOString() ?? null;
  const cycle = await ctx.db.billingCycle.findFirst({
    where: { contractId: row.id, endAt: { gt: ctx.clock.now() } },
    orderBy: { cycleIndex: "asc" },
  });
  return expectedAfterChange(cycle, after.plan.billing, ctx.clock.now(), shop.timeZone)?.toISOString() ?? null;
}

async function edited(ctx: Context, shop: Shop, row: EditRow, expected: string | null): Promise<EditOutcome> {
  const now = (await editRow(ctx, shop, row.id)) ?? row;
  const is = now.nextBillingAt?.toISOString() ?? null;
  return {
    outcome: "EDITED",
    amount: nextAmountOf(now).total,
    nextBillingAt: is,
    datesDiffer: expected !== null && is !== null && expected !== is ? { expected, is } : null,
    revisionId: now.revisionId,
  };
}

async function unlessUnavailable<Result>(
  act: () => Promise<Result>,
): Promise<Result | { outcome: "SHOPIFY_UNAVAILABLE" }> {
  try {
    return await act();
  } catch (error) {
    if (!(error instanceof AdminApiError)) throw error;
    return { outcome: "SHOPIFY_UNAVAILABLE" };
  }
}

/**
 * What the contract would be with these edits: prices, the next order's amount, the expected date. Nothing is changed:
 * codes and delivery are asked about in a draft that is never committed.
 */
export async function quoteEdit(
  ctx: Context,
  shop: Shop,
  contractId: string,
  edits: readonly ContractEdit[],
): Promise<QuoteOutcome> {
  const row = await editRow(ctx, shop, contractId);
  if (!row) return { outcome: "NOT_FOUND" };
  if (isEnded(row.status) || row.goneAt !== null) return { outcome: "ALREADY_ENDED" };
  return unlessUnavailable(async (): Promise<QuoteOutcome> => {
    const prepared = await prepare(ctx, shop, row, edits);
    if ("outcome" in prepared) return prepared;
    const { before, after } = prepared;
    const deliveryNow = { price: row.deliveryPrice.toString(), title: row.deliveryMethodTitle };
    const terms = readTerms(row, before, deliveryNow, row.nextBillingAt?.toISOString() ?? null);
    const next = await nextDate(ctx, shop, row, after);
    const quoted = {
      outcome: "QUOTED",
      before: { ...terms, amount: nextAmountOf(row).total },
      revisionId: row.revisionId,
    } as const;
    if (!after.address && after.deliveryCode === null && after.codes.length === 0) {
      return { ...quoted, after: readTerms(row, after, deliveryNow, next) };
    }
    const draft = await inDraft(ctx, shop, row, prepared);
    if ("outcome" in draft) {
      // It is quoted again as soon as it has been read again.
      return draft.outcome === "STALE" || draft.outcome === "NOT_AS_ASKED" ? { outcome: "SHOPIFY_UNAVAILABLE" } : draft;
    }
    const { delivery, seen } = draft;
    const deliveryThen = delivery
      ? { price: delivery.price, title: delivery.option.presentmentTitle ?? delivery.option.title }
      : deliveryNow;
    const read = readTerms(row, after, deliveryThen, next);
    return { ...quoted, after: { ...read, amount: amountIn(seen, read) } };
  });
}

/** Shopify has reckoned the draft's lines with the codes that it was given. */
const amountIn = (seen: DraftSeen, { deliveryPrice }: Terms): Money =>
  seen.discountedLines.reduce((sum, line) => add(sum, money(line, deliveryPrice.currencyCode)), deliveryPrice);
