import type { Address, Contract, Shop, World } from "../world";
import { faultsOfProvince } from "./addresses";
import type { UserError } from "./cycle-edits";
import type { DeliveryMethodInput, LocalDeliveryInput, PickupInput, ShippingInput } from "./draft-inputs";
import { fault } from "./draft-lines";
import { holds } from "./rules";

/** Documented: a phone number is "formatted using E.164 standard". */
const E164 = /^\+[1-9]\d{6,14}$/;

/** What is wrong with a draft's delivery method, which is one of three (documented: "one, and only one, field"). */
export function faultsOfDelivery(
  world: World,
  shop: Shop,
  working: Contract,
  { shipping, localDelivery, pickup }: DeliveryMethodInput,
): UserError[] {
  const field = ["input", "deliveryMethod"];
  if ([shipping, localDelivery, pickup].filter(Boolean).length > 1) {
    return [fault("INVALID", "Only one delivery method can be provided.", ...field)];
  }
  if (localDelivery) return faultsOfLocalDelivery(world, shop, working, localDelivery);
  if (pickup) return faultsOfPickup(shop, working, pickup);
  return shipping?.address
    ? faultsOfProvince(world, addressAfter(working, shipping.address), ...field, "shipping", "address")
    : [];
}

function faultsOfLocalDelivery(
  world: World,
  shop: Shop,
  working: Contract,
  { address, localDeliveryOption: option }: LocalDeliveryInput,
): UserError[] {
  const field = ["input", "deliveryMethod", "localDelivery"];
  if (!option && working.deliveryMethod?.kind !== "localDelivery") {
    return [
      fault("MISSING_LOCAL_DELIVERY_OPTIONS", "The local delivery options must be set for local delivery.", ...field),
    ];
  }
  return [
    ...(address ? faultsOfProvince(world, addressAfter(working, address), ...field, "address") : []),
    ...(option && holds(world, "localDeliveryChecksThePhone") ? faultsOfPhone(shop, option.phone, field) : []),
  ];
}

function faultsOfPhone(shop: Shop, phone: string, field: string[]): UserError[] {
  const at = [...field, "localDeliveryOption", "phone"];
  if (phone === "") return shop.localDelivery?.phoneRequired ? [fault("BLANK", "Phone can't be blank", ...at)] : [];
  return E164.test(phone) ? [] : [fault("INVALID", "Phone is invalid", ...at)];
}

function faultsOfPickup(shop: Shop, working: Contract, { pickupOption: option }: PickupInput): UserError[] {
  const field = ["input", "deliveryMethod", "pickup", "pickupOption"];
  if (!option) {
    return working.deliveryMethod?.kind === "pickup" ? [] : [fault("BLANK", "Pickup option can't be blank", ...field)];
  }
  return (shop.pickupLocations ?? []).some(({ id }) => id === option.locationId)
    ? []
    : [fault("INVALID", "Location is invalid", ...field, "locationId")];
}

const BLANK_ADDRESS: Address = {
  firstName: "",
  lastName: "",
  address1: "",
  zip: "",
  city: "",
  countryCode: "",
};

/** Documented: partial input; a field that is not given keeps its value. An empty province is none (assumed). */
function addressAfter({ shippingAddress }: Contract, address: NonNullable<ShippingInput["address"]>): Address {
  const given = Object.fromEntries(
    Object.entries(address).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
  );
  const { provinceCode, ...rest }: Address = { ...(shippingAddress ?? BLANK_ADDRESS), ...given };
  return { ...rest, ...(provinceCode ? { provinceCode } : {}) };
}

/** Puts the method into the draft. Documented: the field that is given determines the method, and its input is partial. */
export function deliver(working: Contract, { shipping, localDelivery, pickup }: DeliveryMethodInput): void {
  if (shipping) {
    if (shipping.address) working.shippingAddress = addressAfter(working, shipping.address);
    working.shippingTitle = titleOf(shipping.shippingOption) ?? working.shippingTitle;
    working.deliveryMethod = null;
  }
  if (localDelivery) {
    const { address, localDeliveryOption: option } = localDelivery;
    if (address) working.shippingAddress = addressAfter(working, address);
    if (option) {
      const { code = null, description = null, phone, instructions = null } = option;
      working.shippingTitle = titleOf(option) ?? working.shippingTitle;
      working.deliveryMethod = { kind: "localDelivery", code, description, phone, instructions };
    }
  }
  if (pickup?.pickupOption) {
    const { code = null, description = null, locationId } = pickup.pickupOption;
    working.shippingTitle = titleOf(pickup.pickupOption) ?? working.shippingTitle;
    working.shippingAddress = null;
    working.deliveryMethod = { kind: "pickup", code, description, locationId };
  }
}

const titleOf = (option: ShippingInput["shippingOption"]): string | null =>
  option?.title ?? option?.presentmentTitle ?? null;
