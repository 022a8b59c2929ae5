import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";

import { chosenOption, editAddressOf, isCurrent, deliveryMethodOf, offerCode, storedAddress } from "./delivery";
import type { DeliveryOffer, DeliveryTerms } from "./delivery";
import { deliveryOffers, fillDraft, openDraft, readDraft } from "./draft.server";
import type { DraftSeen, Refused } from "./draft.server";
import { draftSteps, isAsAsked } from "./draft-steps";
import type { ContractEdit } from "./edit";
import { materialFor } from "./edit-material.server";
import type { EditRow } from "./edit-material.server";
import type { EditProblem } from "./edit-outcomes";
import { termsOf } from "./row-terms";
import { applyEdits } from "./terms";
import type { ContractTerms } from "./terms";

/** What an edit is about to do, reckoned on what the mirror knows. */
export interface Prepared {
  row: EditRow;
  before: ContractTerms;
  after: ContractTerms;
}

/** @throws AdminApiError */
export async function prepare(
  ctx: Context,
  shop: Shop,
  row: EditRow,
  edits: readonly ContractEdit[],
): Promise<Prepared | EditProblem> {
  const before = termsOf(row);
  const material = await materialFor(ctx, shop, row, edits);
  const after = applyEdits(before, edits, material);
  if (typeof after === "string") return { outcome: after };
  const method = deliveryMethodOf(row);
  // What is not delivered goes nowhere else; what is picked up has no address of its own.
  if ((after.address || after.deliveryCode) && method === null) return { outcome: "NOT_OFFERED" };
  if (after.address && after.deliveryCode === null && method === "PICKUP") return { outcome: "NOT_OFFERED" };
  return { row, before, after };
}

export interface FilledDraft {
  draftId: string;
  delivery: DeliveryTerms | null;
  seen: DraftSeen;
}

type DraftProblem = EditProblem | Refused | { outcome: "STALE" } | { outcome: "NOT_AS_ASKED"; takenBack: true };

/** Everything but the commit. */
export async function inDraft(
  ctx: Context,
  shop: Shop,
  row: EditRow,
  { before, after }: Omit<Prepared, "row">,
): Promise<FilledDraft | DraftProblem> {
  const opened = await openDraft(ctx, shop, row.shopifyId);
  if ("outcome" in opened) return opened;
  const { draftId } = opened;
  // Somebody has changed it in Shopify since it was read.
  if (opened.revisionId !== null && opened.revisionId !== row.revisionId) return { outcome: "STALE" };
  const delivery = after.address || after.deliveryCode ? await deliveryFor(ctx, shop, row, draftId, after) : null;
  if (delivery && "outcome" in delivery) return delivery;
  const problem = await fillDraft(ctx, shop, draftId, draftSteps(before, after, delivery, row));
  if (problem) return problem;
  const seen = await readDraft(ctx, shop, draftId);
  if (seen?.rejection) return { outcome: "CODE_NOT_VALID", reason: seen.rejection };
  const deliveryPrice = delivery?.price ?? row.deliveryPrice;
  if (!seen || !isAsAsked(seen, after, deliveryPrice)) return { outcome: "NOT_AS_ASKED", takenBack: true };
  return { draftId, delivery, seen };
}

/**
 * The way that was asked for. To a new address the way it had, else the cheapest that is shipped: nobody is sent to pick
 * something up, or asked for a phone number, by moving.
 */
async function deliveryFor(
  ctx: Context,
  shop: Shop,
  row: EditRow,
  draftId: string,
  { address, deliveryCode, phone }: ContractTerms,
): Promise<DeliveryTerms | EditProblem> {
  const offers = await deliveryOffers(ctx, shop, draftId, address);
  const wanted =
    deliveryCode === null
      ? (offers.find((offer) => isCurrent(offer, row)) ?? cheapestShipping(offers))
      : offers.find((offer) => offerCode(offer) === deliveryCode);
  if (!wanted) return { outcome: "ADDRESS_NOT_SERVED" };
  const { method, price } = wanted;
  const stored = storedAddress(row);
  // Another way of delivery knows nothing of the address that the one before had.
  const to = address ?? (stored && method !== deliveryMethodOf(row) ? editAddressOf(stored) : null);
  if (method === "PICKUP") return { method, price, option: chosenOption(wanted, row, phone), address: null };
  if (!to && !stored) return { outcome: "ADDRESS_NOT_SERVED" };
  return { method, price, option: chosenOption(wanted, row, phone), address: to };
}

const cheapestShipping = (offers: readonly DeliveryOffer[]): DeliveryOffer | undefined =>
  offers.filter(({ method }) => method === "SHIPPING").sort((a, b) => Number(a.price) - Number(b.price))[0];
