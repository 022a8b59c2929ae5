import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import { realTime } from "~/lib/real-time";
import { requestAll } from "~/shopify/aliases";
import {
  ContractDraftOpenDocument,
  DraftCodeApplyDocument,
  DraftCommitDocument,
  DraftDeliveryDocument,
  DraftDiscountAddDocument,
  DraftDiscountRemoveDocument,
  DraftLineAddDocument,
  DraftLineRemoveDocument,
  DraftLineUpdateDocument,
  DraftReadingDocument,
  DraftUpdateDocument,
} from "~/shopify/generated/admin";
import type { DraftDeliveryQuery, DraftReadingQuery } from "~/shopify/generated/admin";

import { addressInput } from "./delivery";
import type { DeliveryOffer } from "./delivery";
import type { DraftSteps, TermsSeen } from "./draft-steps";
import type { EditAddress } from "./edit";
import { pickupPlace } from "./reading";

/** How often Shopify is asked again while it asks carriers, and how long between: some two seconds in all. */
const DELIVERY_TRIES = 5;
const DELIVERY_WAIT_MS = 400;

export interface Refused {
  outcome: "REFUSED";
  message: string;
  /** Shopify's. */
  code: string;
}

interface UserErrors {
  userErrors: { code: string | null; message: string }[];
}

export function refusalIn(payloads: readonly (UserErrors | null | undefined)[]): Refused | null {
  const error = payloads.flatMap((payload) => payload?.userErrors ?? [])[0];
  return error ? { outcome: "REFUSED", message: error.message, code: error.code ?? "UNKNOWN" } : null;
}

/** An uncommitted draft is nothing: Shopify forgets it. @throws AdminApiError */
export async function openDraft(
  ctx: Context,
  shop: Shop,
  contractShopifyId: string,
): Promise<{ draftId: string; revisionId: string | null } | Refused> {
  const { subscriptionContractUpdate: opened } = await ctx
    .admin(shop.domain)
    .request(ContractDraftOpenDocument, { contractId: contractShopifyId });
  const draft = opened?.draft;
  if (!draft)
    return refusalIn([opened]) ?? { outcome: "REFUSED", message: "Shopify opened no draft.", code: "NO_DRAFT" };
  return { draftId: draft.id, revisionId: draft.originalContract?.revisionId ?? null };
}

/**
 * Sends the steps into a draft. Lines are added before any is removed, so that it is never without.
 * @returns why Shopify won't have it, or null
 * @throws AdminApiError
 */
export async function fillDraft(
  ctx: Context,
  shop: Shop,
  draftId: string,
  steps: DraftSteps,
): Promise<Refused | { outcome: "CODE_NOT_VALID"; reason: string } | null> {
  const admin = ctx.admin(shop.domain);
  const added = await requestAll(
    admin,
    DraftLineAddDocument,
    steps.add.map((input) => ({ draftId, input })),
  );
  const updated = await requestAll(
    admin,
    DraftLineUpdateDocument,
    steps.change.map((change) => ({ draftId, ...change })),
  );
  const removed = await requestAll(
    admin,
    DraftLineRemoveDocument,
    steps.remove.map((lineId) => ({ draftId, lineId })),
  );
  const terms = steps.terms ? await admin.request(DraftUpdateDocument, { draftId, input: steps.terms }) : null;
  const off = await requestAll(
    admin,
    DraftDiscountRemoveDocument,
    steps.removeDiscounts.map((discountId) => ({ draftId, discountId })),
  );
  const on = await requestAll(
    admin,
    DraftDiscountAddDocument,
    steps.addDiscounts.map((input) => ({ draftId, input })),
  );
  const codes = await requestAll(
    admin,
    DraftCodeApplyDocument,
    steps.codes.map((redeemCode) => ({ draftId, redeemCode })),
  );
  const refusal = refusalIn([
    ...added.map((each) => each.subscriptionDraftLineAdd),
    ...updated.map((each) => each.subscriptionDraftLineUpdate),
    ...removed.map((each) => each.subscriptionDraftLineRemove),
    terms?.subscriptionDraftUpdate,
    ...off.map((each) => each.subscriptionDraftDiscountRemove),
    ...on.map((each) => each.subscriptionDraftDiscountAdd),
    ...codes.map((each) => each.subscriptionDraftDiscountCodeApply),
  ]);
  if (refusal) return refusal;
  const reason = codes
    .map((each) => each.subscriptionDraftDiscountCodeApply?.appliedDiscount?.rejectionReason ?? null)
    .find((each) => each !== null);
  return reason ? { outcome: "CODE_NOT_VALID", reason } : null;
}

export interface DraftSeen extends TermsSeen {
  /** Totals of lines after discounts. */
  discountedLines: string[];
  /** Why a code takes nothing off. */
  rejection: string | null;
}

/** @throws AdminApiError */
export async function readDraft(ctx: Context, shop: Shop, draftId: string): Promise<DraftSeen | null> {
  const { subscriptionDraft: draft } = await ctx.admin(shop.domain).request(DraftReadingDocument, { draftId });
  return draft ? seenIn(draft) : null;
}

const seenIn = (draft: NonNullable<DraftReadingQuery["subscriptionDraft"]>): DraftSeen => ({
  lines: draft.lines.nodes.map(({ id, variantId, quantity, currentPrice, sellingPlanId }) => ({
    shopifyId: id,
    variantId,
    quantity,
    price: currentPrice.amount,
    sellingPlanId,
  })),
  billing: { interval: draft.billingPolicy.interval, count: draft.billingPolicy.intervalCount },
  delivery: { interval: draft.deliveryPolicy.interval, count: draft.deliveryPolicy.intervalCount },
  deliveryPrice: draft.deliveryPrice?.amount ?? "0",
  discountedLines: draft.lines.nodes.map(({ lineDiscountedPrice }) => lineDiscountedPrice.amount),
  rejection:
    draft.discounts.nodes.map(({ rejectionReason }) => rejectionReason).find((reason) => reason !== null) ?? null,
});

/** @throws AdminApiError */
export async function commitDraft(ctx: Context, shop: Shop, draftId: string): Promise<UserErrors | null> {
  const { subscriptionDraftCommit } = await ctx.admin(shop.domain).request(DraftCommitDocument, { draftId });
  return subscriptionDraftCommit;
}

/**
 * How Shopify delivers the draft's lines.
 * @returns nothing when it does not deliver there, or has no answer in time
 * @throws AdminApiError
 */
export async function deliveryOffers(
  ctx: Context,
  shop: Shop,
  draftId: string,
  address: EditAddress | null,
): Promise<DeliveryOffer[]> {
  const variables = { draftId, address: address ? addressInput(address) : null };
  for (let attempt = 1; attempt <= DELIVERY_TRIES; attempt += 1) {
    const { subscriptionDraft } = await ctx.admin(shop.domain).request(DraftDeliveryDocument, variables);
    const result = subscriptionDraft?.deliveryOptions;
    if (result?.__typename === "SubscriptionDeliveryOptionResultSuccess") {
      return result.deliveryOptions.flatMap((option) => offerOf(option) ?? []);
    }
    if (result) return [];
    await realTime.wait(DELIVERY_WAIT_MS);
  }
  return [];
}

type OptionNode = Extract<
  NonNullable<NonNullable<DraftDeliveryQuery["subscriptionDraft"]>["deliveryOptions"]>,
  { __typename: "SubscriptionDeliveryOptionResultSuccess" }
>["deliveryOptions"][number];

/** What has no price can't be offered. */
function offerOf(node: OptionNode): DeliveryOffer | null {
  if (!node.price) return null;
  const { code, title, presentmentTitle, description } = node;
  const option = { code, title, presentmentTitle, description, phone: null, instructions: null, place: null };
  const offer = { price: node.price.amount, phoneRequired: false, readyIn: null };
  switch (node.__typename) {
    case "SubscriptionShippingOption":
      return { ...offer, method: "SHIPPING", option };
    case "SubscriptionLocalDeliveryOption":
      return { ...offer, method: "LOCAL_DELIVERY", option, phoneRequired: node.phoneRequired };
    case "SubscriptionPickupOption": {
      const place = pickupPlace(node.location);
      return { ...offer, method: "PICKUP", option: { ...option, place }, readyIn: node.pickupTime || null };
    }
  }
}
