import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import { money } from "~/money/money";
import type { Money } from "~/money/money";
import { DefaultAddressDocument } from "~/shopify/generated/admin";

import { ofRunning } from "./choices.server";
import type { NoChoices } from "./choices.server";
import { deliveryMethodOf, editAddressOf, isCurrent, offerCode, storedAddress } from "./delivery";
import type { OfferedMethod } from "./delivery";
import { deliveryOffers, openDraft } from "./draft.server";
import type { EditAddress } from "./edit";
import type { EditRow } from "./edit-material.server";
import { addressOf } from "./reading";
import type { PickupPlace } from "./reading";

export interface DeliveryChoice {
  /** Names it in an edit. */
  code: string;
  method: OfferedMethod;
  title: string;
  description: string | null;
  price: Money;
  current: boolean;
  phoneRequired: boolean;
  /** Of pick-up: where, and when in the shop's words. */
  place: PickupPlace | null;
  readyIn: string | null;
}

export interface DeliveryChoices {
  outcome: "CHOICES";
  options: DeliveryChoice[];
  /** Where it would go if it is not picked up: the contract's address, else the customer's own; null: none is known. */
  address: EditAddress | null;
}

/**
 * Every way in which Shopify would deliver: to the address that is asked about, else to the contract's, else (what is
 * picked up has none) to the customer's own. Empty: nothing is delivered, or not there.
 */
export function deliveryOptions(
  ctx: Context,
  shop: Shop,
  contractId: string,
  asked?: EditAddress,
): Promise<DeliveryChoices | NoChoices> {
  return ofRunning(ctx, shop, contractId, async (row) => {
    if (deliveryMethodOf(row) === null) return { outcome: "CHOICES", options: [], address: null };
    const own = editAddressIn(row) ?? (await defaultAddress(ctx, shop, row));
    const address = asked ?? own;
    const draft = await openDraft(ctx, shop, row.shopifyId);
    if ("outcome" in draft) return { outcome: "SHOPIFY_UNAVAILABLE" };
    const offers = await deliveryOffers(ctx, shop, draft.draftId, asked ?? (row.shippingAddress ? null : own));
    const options = offers
      // Without an address there is nowhere to bring it.
      .filter(({ method }) => address !== null || method === "PICKUP")
      .map((offer): DeliveryChoice => {
        const { method, option, price, phoneRequired, readyIn } = offer;
        return {
          code: offerCode(offer),
          method,
          title: option.presentmentTitle ?? option.title ?? "",
          description: option.description,
          price: money(price, row.currencyCode),
          current: isCurrent(offer, row),
          phoneRequired,
          place: option.place,
          readyIn,
        };
      });
    return { outcome: "CHOICES", options, address };
  });
}

const editAddressIn = (row: EditRow): EditAddress | null => {
  const stored = storedAddress(row);
  return stored && editAddressOf(stored);
};

/** Only read when it is needed, and not kept. @throws AdminApiError */
async function defaultAddress(ctx: Context, shop: Shop, row: EditRow): Promise<EditAddress | null> {
  const customer = row.customerId
    ? await ctx.db.customer.findUnique({ where: { id: row.customerId }, select: { shopifyId: true } })
    : null;
  if (!customer) return null;
  const answer = await ctx.admin(shop.domain).request(DefaultAddressDocument, { customerId: customer.shopifyId });
  const address = answer.customer?.defaultAddress;
  return address ? editAddressOf(addressOf(address)) : null;
}
