import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";

import { deliveryOffers, fillDraft, openDraft, readDraft } from "./draft.server";
import type { DraftSeen, Refused } from "./draft.server";
import { draftSteps, isAsAsked } from "./draft-steps";
import type { DeliveryTerms } from "./draft-steps";
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
  // What is not shipped has no address that could change.
  if ((after.address || after.deliveryCode) && row.shippingAddress === null) return { outcome: "NOT_OFFERED" };
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

/** The way that was asked for; to a new address the way it had, else the cheapest. */
async function deliveryFor(
  ctx: Context,
  shop: Shop,
  row: EditRow,
  draftId: string,
  { address, deliveryCode }: ContractTerms,
): Promise<DeliveryTerms | EditProblem> {
  const offers = await deliveryOffers(ctx, shop, draftId, address);
  const cheapest = [...offers].sort((a, b) => Number(a.price) - Number(b.price))[0];
  const own = offers.find(({ title, presentmentTitle }) =>
    [title, presentmentTitle].includes(row.deliveryMethodTitle ?? ""),
  );
  const wanted = deliveryCode === null ? (own ?? cheapest) : offers.find(({ code }) => code === deliveryCode);
  return wanted ?? { outcome: "ADDRESS_NOT_SERVED" };
}
