import { createHash } from "node:crypto";
import { money } from "../../admin-api/resolvers/values";
import { converted, emit, shippingFor, touch } from "../../domain";
import { isTerminated } from "../../domain/cycle-edits";
import { contractPayload } from "../../domain/webhook-payloads";
import type { Address, Contract } from "../../world";
import type { Context } from "./context";

/** How customers write an address here: territory and zone instead of country and province. */
export interface CustomerAddressInput {
  firstName?: string | null;
  lastName?: string | null;
  address1?: string | null;
  address2?: string | null;
  city?: string | null;
  zip?: string | null;
  territoryCode?: string | null;
  zoneCode?: string | null;
  phoneNumber?: string | null;
}

const addressOf = (input: CustomerAddressInput, before: Address | null): Address => ({
  firstName: input.firstName ?? before?.firstName ?? "",
  lastName: input.lastName ?? before?.lastName ?? "",
  address1: input.address1 ?? before?.address1 ?? "",
  ...(input.address2 ? { address2: input.address2 } : {}),
  zip: input.zip ?? before?.zip ?? "",
  city: input.city ?? before?.city ?? "",
  ...(input.zoneCode ? { provinceCode: input.zoneCode } : {}),
  countryCode: input.territoryCode ?? before?.countryCode ?? "",
  ...(input.phoneNumber ? { phone: input.phoneNumber } : {}),
});

/** Options are good for the address they were asked for; the token says which. */
const tokenOf = (contract: Contract, address: Address): string =>
  createHash("sha256")
    .update(JSON.stringify([contract.id, address]))
    .digest("base64url");

/** Shipping rates of the shop for an address in its own country; elsewhere it does not deliver (as in drafts). */
export function fetchOptions({ shop }: Context, contract: Contract, input: CustomerAddressInput | null): unknown {
  const address = input ? addressOf(input, contract.shippingAddress) : contract.shippingAddress;
  if (!address || address.countryCode !== shop.countryCode) {
    return { __typename: "SubscriptionDeliveryOptionsResultFailure", message: "No delivery to this address." };
  }
  return {
    __typename: "SubscriptionDeliveryOptionsResultSuccess",
    token: tokenOf(contract, address),
    deliveryOptions: shop.shippingRates.map(({ title, price }) => ({
      __typename: "SubscriptionShippingOption",
      code: title,
      title,
      presentmentTitle: title,
      description: null,
      phoneRequired: false,
      price: money(price, shop),
    })),
  };
}

interface Selected {
  contract: Contract | null;
  userErrors: { field: string[]; message: string; code: string }[];
}

const refused = (field: string, message: string): Selected => ({
  contract: null,
  userErrors: [{ field: [field], message, code: "INVALID" }],
});

/** Takes the address into the contract; the shop is told by webhook, like of every other change. */
export function selectMethod(
  { world, shop }: Context,
  contract: Contract,
  input: { shipping?: { shippingAddress?: CustomerAddressInput | null } | null },
  token: string,
): Selected {
  if (isTerminated(contract)) return refused("subscriptionContractId", "Subscription contract is terminated.");
  if (!input.shipping) return refused("deliveryMethodInput", "Delivery method is not available.");
  const { shippingAddress } = input.shipping;
  const address = shippingAddress ? addressOf(shippingAddress, contract.shippingAddress) : contract.shippingAddress;
  if (!address || tokenOf(contract, address) !== token) {
    return refused("subscriptionDeliveryOptionsResultToken", "Delivery options have to be fetched for this address.");
  }
  contract.shippingAddress = address;
  contract.deliveryMethod = null;
  const subtotal = contract.lines.reduce((sum, line) => sum + Number(line.currentPrice) * line.quantity, 0);
  const needsShipping = contract.lines.some(({ requiresShipping }) => requiresShipping);
  const shipping = shippingFor(shop, subtotal.toFixed(2), needsShipping);
  contract.shippingTitle = shipping?.rate.title ?? null;
  contract.deliveryPrice = converted(shop, shipping?.price ?? "0", contract.currency);
  touch(world, contract, true);
  emit(world, shop, "subscription_contracts/update", contractPayload(contract));
  return { contract, userErrors: [] };
}
