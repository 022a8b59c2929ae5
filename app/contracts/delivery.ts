import type { DeliveryMethod } from "~/generated/prisma/enums";
import type { CountryCode, SubscriptionDeliveryMethodInput } from "~/shopify/generated/admin";

import type { EditAddress } from "./edit";
import { numberOf } from "./reading";
import type { Address, DeliveryOption } from "./reading";

/** Pure: the ways in which deliveries come (shipped, brought by the shop, picked up), as Shopify offers, has and takes them. */

/** Something comes in one of these ways. */
export type OfferedMethod = Exclude<DeliveryMethod, "NONE">;

export interface DeliveryOffer {
  method: OfferedMethod;
  /** Without what the shopper has to add: phone number, instructions. */
  option: DeliveryOption;
  price: string;
  phoneRequired: boolean;
  /** When it can be picked up, in the shop's words: "Usually ready in 24 hours". */
  readyIn: string | null;
}

/** A way of delivery as a contract has it, or is to have it. */
export interface DeliveryTerms {
  method: OfferedMethod;
  option: DeliveryOption;
  price: string;
  /** Where it goes, if that has to be said; null: as it was, or nowhere. */
  address: EditAddress | null;
}

/** What a row keeps of it; both may be as they were before there were any. */
export interface DeliveryRow {
  deliveryMethod: DeliveryMethod | null;
  deliveryMethodTitle: string | null;
  deliveryOption: unknown;
  shippingAddress: unknown;
}

/** Written by the mirror alone, in this shape. */
export const storedOption = ({ deliveryOption }: Pick<DeliveryRow, "deliveryOption">): DeliveryOption | null =>
  deliveryOption ? (deliveryOption as object as DeliveryOption) : null;

/** Whoever is forgotten keeps the method, and nothing that tells of them. */
export const storedAddress = ({ shippingAddress }: Pick<DeliveryRow, "shippingAddress">): Address | null =>
  // Written by the mirror alone, in this shape.
  shippingAddress ? (shippingAddress as object as Address) : null;

/** Null: nothing is delivered. */
export function deliveryMethodOf(row: Pick<DeliveryRow, "deliveryMethod" | "shippingAddress">): OfferedMethod | null {
  const { deliveryMethod, shippingAddress } = row;
  if (deliveryMethod === "NONE") return null;
  return deliveryMethod ?? (shippingAddress ? "SHIPPING" : null);
}

export const placeOf = (row: Pick<DeliveryRow, "deliveryMethod" | "shippingAddress" | "deliveryOption">) =>
  deliveryMethodOf(row) === "PICKUP" ? (storedOption(row)?.place ?? null) : null;

/** Names an offer among those of one contract: Shopify's codes are told apart within a method alone. */
export function offerCode({ method, option }: Pick<DeliveryOffer, "method" | "option">): string {
  switch (method) {
    case "SHIPPING":
      return option.code ?? "";
    case "LOCAL_DELIVERY":
      return `local-delivery:${option.code ?? ""}`;
    case "PICKUP":
      return `pickup:${numberOf(option.place?.id ?? "")}`;
  }
}

/** What names the contract's own way, as far as it is known. */
export function currentCode(row: DeliveryRow): string | null {
  const method = deliveryMethodOf(row);
  const option = storedOption(row);
  if (method === null || option === null || (method !== "PICKUP" && option.code === null)) return null;
  return offerCode({ method, option });
}

/** Whether an offer is what the contract has: the same place, or the same way by its title. */
export function isCurrent({ method, option }: Pick<DeliveryOffer, "method" | "option">, row: DeliveryRow): boolean {
  if (method !== deliveryMethodOf(row)) return false;
  if (method === "PICKUP") return option.place?.id === storedOption(row)?.place?.id;
  return [option.title, option.presentmentTitle].includes(row.deliveryMethodTitle ?? "");
}

/** An address that the mirror has, to be sent. */
export const editAddressOf = (address: Address): EditAddress => {
  const { firstName, lastName, company, address1, address2, zip, city, provinceCode, countryCode, phone } = address;
  return {
    ...(firstName ? { firstName } : {}),
    lastName: lastName ?? "",
    ...(company ? { company } : {}),
    address1: address1 ?? "",
    ...(address2 ? { address2 } : {}),
    zip: zip ?? "",
    city: city ?? "",
    ...(provinceCode ? { provinceCode } : {}),
    countryCode: countryCode ?? "",
    ...(phone ? { phone } : {}),
  };
};

/** What was left empty is emptied: Shopify keeps what is not named. */
export const addressInput = (address: EditAddress) => ({
  firstName: address.firstName ?? "",
  lastName: address.lastName,
  company: address.company ?? "",
  address1: address.address1,
  address2: address.address2 ?? "",
  zip: address.zip,
  city: address.city,
  provinceCode: address.provinceCode ?? "",
  countryCode: address.countryCode as CountryCode,
  ...(address.phone ? { phone: address.phone } : {}),
});

/** As Shopify takes it: one of three, each with what belongs to it. @param option null: only the address changes */
export function methodInput(
  method: OfferedMethod,
  option: DeliveryOption | null,
  to: EditAddress | null,
): SubscriptionDeliveryMethodInput {
  const address = to ? { address: addressInput(to) } : {};
  if (!option) return method === "LOCAL_DELIVERY" ? { localDelivery: address } : { shipping: address };
  const { code, title, presentmentTitle, description, phone, instructions, place } = option;
  switch (method) {
    case "SHIPPING":
      return { shipping: { ...address, shippingOption: { code, title, presentmentTitle } } };
    case "LOCAL_DELIVERY": {
      // The schema wants a phone number of everybody; empty where the shop asks for none.
      const localDeliveryOption = { code, title, presentmentTitle, description, phone: phone ?? "", instructions };
      return { localDelivery: { ...address, localDeliveryOption } };
    }
    case "PICKUP":
      return {
        pickup: { pickupOption: { code, title, presentmentTitle, description, locationId: place?.id ?? "" } },
      };
  }
}

/** What the way that was chosen is with what the shopper has added, or had added before. */
export const chosenOption = (
  { method, option }: DeliveryOffer,
  row: DeliveryRow,
  phone: string | null,
): DeliveryOption => {
  if (method !== "LOCAL_DELIVERY") return option;
  const before = deliveryMethodOf(row) === "LOCAL_DELIVERY" ? storedOption(row) : null;
  return { ...option, phone: phone ?? before?.phone ?? "", instructions: before?.instructions ?? null };
};

/** Whether what is there was asked for; of somebody whose data were deleted the mirror has the method alone. */
export function holdsDelivery(now: DeliveryRow, { method, option }: DeliveryTerms): boolean {
  const is = storedOption(now);
  return (
    now.deliveryMethod === method &&
    (is === null ||
      ((is.place?.id ?? null) === (option.place?.id ?? null) && (is.phone ?? "") === (option.phone ?? "")))
  );
}
