import { z } from "zod";

import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import { requestAll } from "~/shopify/aliases";
import {
  CycleEditCommitDocument,
  CycleEditOpenDocument,
  CycleEditRemoveDocument,
  CycleTermsDocument,
  DraftLineAddDocument,
  DraftLineRemoveDocument,
  DraftLineUpdateDocument,
} from "~/shopify/generated/admin";
import type { CycleLineFieldsFragment, CycleTermsQuery } from "~/shopify/generated/admin";

import { isDone, stepsTo, wantedTerms } from "./cycle-terms";
import type { CycleLine, CycleLineChange, TermSteps, WantedTerms } from "./cycle-terms";

export type { CycleLineChange } from "./cycle-terms";

/** A cycle's identity at Shopify. */
export interface CycleRef {
  /** "gid://shopify/SubscriptionContract/1" */
  contractShopifyId: string;
  cycleIndex: number;
}

export type CycleEditOutcome =
  /** What the cycle's order will hold, read back from Shopify. */
  | { outcome: "EDITED"; lines: OrderedLine[]; deliveryPrice: string }
  /**
   * Nothing of the change holds. `code` is Shopify's, or ours: BILLED, LINE_NOT_FOUND (the contract changed
   * meanwhile), INVALID_LINES (nothing would be left), NOT_AS_ASKED (Shopify made something else of it),
   * UNREADABLE (its answer can't be understood).
   */
  | { outcome: "REFUSED"; code: string; message: string }
  | { outcome: "NOT_FOUND" };

export interface OrderedLine extends CycleLine {
  /** Of the whole line, after the contract's discounts: decimal string. */
  total: string;
}

type Refused = Extract<CycleEditOutcome, { outcome: "REFUSED" }>;
type Terms = NonNullable<CycleTermsQuery["subscriptionBillingCycle"]>;

interface UserErrors {
  userErrors: { code: string | null; message: string }[];
}

/**
 * Gives one cycle lines of its own: the contract's with these changes and no others, so that repeating it, also after a
 * lost answer, changes nothing. One draft, committed once, read back and compared. While the edit stands Shopify
 * refuses updates of the contract (HAS_FUTURE_EDITS): make it when the cycle is about to be charged, and take it off
 * with `removeCycleEdit` when the charge is abandoned. Shopify lets a cycle with an attempt on its way be edited; the
 * caller holds the charge.
 * @throws AdminApiError
 */
export async function editCycle(
  ctx: Context,
  shop: Shop,
  ref: CycleRef,
  changes: readonly CycleLineChange[],
): Promise<CycleEditOutcome> {
  let cycle = await readTerms(ctx, shop, ref);
  if (cycle === "UNREADABLE") return unreadable();
  if (!cycle) return { outcome: "NOT_FOUND" };
  if (cycle.status === "BILLED") return refused("BILLED", "The cycle has been paid.");
  const wanted = wantedTerms(cycle.sourceContract.lines.nodes.map(lineOf), changes);
  if (!wanted) return refused("LINE_NOT_FOUND", "A line that the change names is gone.");
  if (wanted.kept.length + wanted.added.length === 0) return refused("INVALID_LINES", "No line would be left.");

  let steps = stepsTo(linesOf(cycle), wanted);
  if (isDone(steps)) return edited(cycle);
  if (steps.startOver) {
    if (!(await removeCycleEdit(ctx, shop, ref))) return refused("NOT_AS_ASKED", "An earlier edit can't be taken off.");
    cycle = await readTerms(ctx, shop, ref);
    if (cycle === "UNREADABLE") return unreadable();
    if (!cycle) return { outcome: "NOT_FOUND" };
    steps = stepsTo(linesOf(cycle), wanted);
    if (isDone(steps)) return edited(cycle);
    if (steps.startOver) return refused("LINE_NOT_FOUND", "A line that the change names is gone.");
  }
  return (await carryOut(ctx, shop, ref, steps)) ?? confirmed(ctx, shop, ref, wanted);
}

/**
 * Takes a cycle's own lines off again; a moved date and a skip stay. Changes nothing when there are none.
 * @returns false if Shopify refuses because an attempt is on its way, or its answer can't be understood
 * @throws AdminApiError
 */
export async function removeCycleEdit(ctx: Context, shop: Shop, ref: CycleRef): Promise<boolean> {
  const cycle = await readTerms(ctx, shop, ref);
  if (cycle === "UNREADABLE") return false;
  if (!cycle?.editedContract) return true;
  const isBilled = cycle.status === "BILLED";
  const result = await ctx.admin(shop.domain).request(CycleEditRemoveDocument, {
    contractId: ref.contractShopifyId,
    cycleIndex: ref.cycleIndex,
    date: cycle.billingAttemptExpectedDate,
    // The date of a cycle that is paid is of no use any more, and Shopify takes none.
    moved: !isBilled && !cycle.skipped && cycle.billingAttemptExpectedDate !== cycle.cycleEndAt,
    skipped: !isBilled && cycle.skipped,
  });
  const refusal = [
    result.subscriptionBillingCycleEditDelete,
    result.subscriptionBillingCycleScheduleEdit,
    result.subscriptionBillingCycleSkip,
  ].flatMap((payload) => payload?.userErrors ?? [])[0];
  if (!refusal || refusal.code === "NO_CYCLE_EDITS") return true;
  ctx.log.warn({ shop: shop.domain, ...ref, code: refusal.code }, "a cycle's edit could not be taken off");
  return false;
}

const refused = (code: string, message: string): Refused => ({ outcome: "REFUSED", code, message });

const unreadable = (): Refused => refused("UNREADABLE", "Shopify's answer can't be understood.");

async function readTerms(ctx: Context, shop: Shop, ref: CycleRef): Promise<Terms | "UNREADABLE" | null> {
  const variables = { contractId: ref.contractShopifyId, cycleIndex: ref.cycleIndex };
  const answer: Partial<CycleTermsQuery> = await ctx.admin(shop.domain).request(CycleTermsDocument, variables);
  const cycle = answer.subscriptionBillingCycle;
  if (cycle === null) return null;
  return cycle && readableTerms.safeParse(cycle).success ? cycle : "UNREADABLE";
}

const amount = z.object({ amount: z.string().regex(/^\d{1,15}(\.\d{1,6})?$/) });
const line = z.object({
  id: z.string().min(1),
  variantId: z.string().nullable(),
  quantity: z.number().int().min(0),
  currentPrice: amount,
  lineDiscountedPrice: amount,
});
const contractTerms = z.object({ deliveryPrice: amount, lines: z.object({ nodes: z.array(line) }) });
/** What the rest of this file takes for granted. */
const readableTerms = z.object({
  status: z.string(),
  skipped: z.boolean(),
  cycleEndAt: z.string(),
  billingAttemptExpectedDate: z.string(),
  editedContract: contractTerms.nullable(),
  sourceContract: contractTerms,
});

const lineOf = (line: CycleLineFieldsFragment): CycleLine => ({
  lineShopifyId: line.id,
  variantId: line.variantId,
  quantity: line.quantity,
  currentPrice: line.currentPrice.amount,
});

const linesOf = (cycle: Terms): CycleLine[] => (cycle.editedContract ?? cycle.sourceContract).lines.nodes.map(lineOf);

function edited(cycle: Terms): CycleEditOutcome {
  const { lines, deliveryPrice } = cycle.editedContract ?? cycle.sourceContract;
  return {
    outcome: "EDITED",
    lines: lines.nodes.map((line) => ({ ...lineOf(line), total: line.lineDiscountedPrice.amount })),
    deliveryPrice: deliveryPrice.amount,
  };
}

/** @returns null when everything was accepted. An uncommitted draft is nothing: Shopify forgets it. */
async function carryOut(ctx: Context, shop: Shop, ref: CycleRef, steps: TermSteps): Promise<Refused | null> {
  const admin = ctx.admin(shop.domain);
  const opened = (
    await admin.request(CycleEditOpenDocument, { contractId: ref.contractShopifyId, cycleIndex: ref.cycleIndex })
  ).subscriptionBillingCycleContractEdit;
  const draftId = opened?.draft?.id;
  if (!draftId) return refusalIn([opened]) ?? refused("NO_DRAFT", "Shopify opened no draft.");
  // Added before anything is removed, so that a draft is never without lines.
  const added = await requestAll(
    admin,
    DraftLineAddDocument,
    steps.add.map(({ variantId, quantity, currentPrice }) => ({
      draftId,
      input: { productVariantId: variantId, quantity, currentPrice },
    })),
  );
  const updated = await requestAll(
    admin,
    DraftLineUpdateDocument,
    steps.update.map((line) => ({
      draftId,
      lineId: line.lineShopifyId,
      input: { productVariantId: line.variantId, quantity: line.quantity, currentPrice: line.currentPrice },
    })),
  );
  const removed = await requestAll(
    admin,
    DraftLineRemoveDocument,
    steps.remove.map((lineId) => ({ draftId, lineId })),
  );
  const refusal = refusalIn([
    ...added.map(({ subscriptionDraftLineAdd }) => subscriptionDraftLineAdd),
    ...updated.map(({ subscriptionDraftLineUpdate }) => subscriptionDraftLineUpdate),
    ...removed.map(({ subscriptionDraftLineRemove }) => subscriptionDraftLineRemove),
  ]);
  if (refusal) return refusal;
  const committed = await admin.request(CycleEditCommitDocument, { draftId });
  return refusalIn([committed.subscriptionBillingCycleContractDraftCommit]);
}

function refusalIn(payloads: readonly (UserErrors | null)[]): Refused | null {
  const error = payloads.flatMap((payload) => payload?.userErrors ?? [])[0];
  return error ? refused(error.code ?? "UNKNOWN", error.message) : null;
}

async function confirmed(ctx: Context, shop: Shop, ref: CycleRef, wanted: WantedTerms): Promise<CycleEditOutcome> {
  const cycle = await readTerms(ctx, shop, ref);
  if (cycle === "UNREADABLE") return unreadable();
  if (!cycle) return { outcome: "NOT_FOUND" };
  if (isDone(stepsTo(linesOf(cycle), wanted))) return edited(cycle);
  await removeCycleEdit(ctx, shop, ref);
  return refused("NOT_AS_ASKED", "Shopify's cycle has other lines than were asked for.");
}
