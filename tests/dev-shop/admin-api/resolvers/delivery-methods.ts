import { gid, type Contract, type PickupLocation, type Shop } from "../../world";
import { countryName, owned } from "./values";

/** A location as far as pick-up tells of it. */
export const locationAnswer = ({ id, name, address1, zip, city, countryCode }: PickupLocation) => ({
  id: gid("Location", id),
  name,
  isActive: true,
  address: {
    address1,
    address2: null,
    zip,
    city,
    country: countryName(countryCode),
    countryCode,
    province: null,
    provinceCode: null,
    phone: null,
    formatted: [address1, `${zip} ${city}`, countryName(countryCode)],
  },
});

/** SubscriptionContract.deliveryMethod: one of three; null where nothing is delivered. */
export function deliveryMethodAnswer(contract: Contract, shop: Shop): Record<string, unknown> | null {
  const { deliveryMethod: method, shippingTitle: title } = contract;
  const titles = { title, presentmentTitle: title };
  if (method?.kind === "pickup") {
    const { code, description, locationId } = method;
    // A location that is no longer picked up from is still the contract's.
    const location = shop.pickupLocations?.find(({ id }) => id === locationId) ?? closed(locationId, shop);
    const pickupOption = { code, description, ...titles, location: locationAnswer(location) };
    return { __typename: "SubscriptionDeliveryMethodPickup", pickupOption };
  }
  const address = owned(contract.id, contract.shippingAddress);
  if (!address) return null;
  if (method?.kind === "localDelivery") {
    const { code, description, phone, instructions } = method;
    const localDeliveryOption = { code, description, phone, instructions, ...titles };
    return { __typename: "SubscriptionDeliveryMethodLocalDelivery", address, localDeliveryOption };
  }
  const shippingOption = { code: title, description: null, ...titles };
  return { __typename: "SubscriptionDeliveryMethodShipping", address, shippingOption };
}

const closed = (id: string, { title, countryCode }: Shop): PickupLocation => ({
  ...{ id, name: title, countryCode },
  ...{ address1: "", zip: "", city: "", pickupTime: "" },
});
