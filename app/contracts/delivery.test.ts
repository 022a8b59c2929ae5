import { describe, expect, test } from "vitest";

import { currentCode, deliveryMethodOf, holdsDelivery, isCurrent, methodInput, offerCode } from "./delivery";
import type { DeliveryRow } from "./delivery";
import type { DeliveryOption } from "./reading";

const bare: DeliveryOption = {
  ...{ code: "Bike", title: "Bike", presentmentTitle: null, description: null },
  ...{ phone: null, instructions: null, place: null },
};
const place = (id: number) => ({
  ...{ id: `gid://shopify/Location/${id}`, name: "Market", address1: "Torget 1", address2: null },
  ...{ zip: "0155", city: "Oslo", countryCode: "NO" },
});
const picked = (id: number): DeliveryOption => ({ ...bare, place: place(id) });
const address = { lastName: "Nordmann", address1: "Storgata 1", zip: "0155", city: "Oslo", countryCode: "NO" };
const row = (fields: Partial<DeliveryRow>): DeliveryRow => ({
  ...{ deliveryMethod: "SHIPPING", deliveryMethodTitle: "Bike", deliveryOption: bare, shippingAddress: address },
  ...fields,
});

describe("a way of delivery", () => {
  test("is told apart from one of another kind by the same name, and from another place by the same name", () => {
    const codes = [
      offerCode({ method: "SHIPPING", option: bare }),
      offerCode({ method: "LOCAL_DELIVERY", option: bare }),
      offerCode({ method: "PICKUP", option: picked(1) }),
      offerCode({ method: "PICKUP", option: picked(2) }),
    ];
    expect(new Set(codes).size).toBe(4);
    const local = row({ deliveryMethod: "LOCAL_DELIVERY" });
    expect(isCurrent({ method: "SHIPPING", option: bare }, local)).toBe(false);
    expect(isCurrent({ method: "LOCAL_DELIVERY", option: bare }, local)).toBe(true);
    const there = row({ deliveryMethod: "PICKUP", deliveryOption: picked(1), shippingAddress: null });
    expect(isCurrent({ method: "PICKUP", option: picked(2) }, there)).toBe(false);
    expect([currentCode(local), currentCode(there)]).toEqual(codes.slice(1, 3));
  });

  test("of a contract that was read before there were any is shipping where there is an address, else none", () => {
    expect(deliveryMethodOf(row({ deliveryMethod: null }))).toBe("SHIPPING");
    expect(deliveryMethodOf(row({ deliveryMethod: null, shippingAddress: null }))).toBeNull();
    expect(deliveryMethodOf(row({ deliveryMethod: "NONE", shippingAddress: null }))).toBeNull();
  });

  test("is not there when the place or the number is another one than was asked for", () => {
    const there = row({ deliveryMethod: "PICKUP", deliveryOption: picked(1), shippingAddress: null });
    const asked = { method: "PICKUP", option: picked(1), price: "0", address: null } as const;
    expect(holdsDelivery(there, asked)).toBe(true);
    expect(holdsDelivery(there, { ...asked, option: picked(2) })).toBe(false);
    expect(holdsDelivery(row({}), asked)).toBe(false);
    const called = row({ deliveryMethod: "LOCAL_DELIVERY", deliveryOption: { ...bare, phone: "+4791234567" } });
    const asLocal = {
      method: "LOCAL_DELIVERY",
      option: { ...bare, phone: "+4700000000" },
      price: "0",
      address: null,
    } as const;
    expect(holdsDelivery(called, asLocal)).toBe(false);
    // Of somebody whose data were deleted the method alone is known.
    expect(holdsDelivery({ ...called, deliveryOption: null }, asLocal)).toBe(true);
  });

  test("is sent as one of three, with all that belongs to it", () => {
    expect(Object.keys(methodInput("SHIPPING", bare, null))).toEqual(["shipping"]);
    expect(methodInput("PICKUP", picked(1), null)).toMatchObject({
      pickup: { pickupOption: { locationId: "gid://shopify/Location/1", title: "Bike" } },
    });
    const option = { ...bare, phone: "+4791234567", instructions: "Ring på" };
    expect(methodInput("LOCAL_DELIVERY", option, address)).toMatchObject({
      localDelivery: {
        address: { address1: "Storgata 1" },
        localDeliveryOption: { phone: "+4791234567", instructions: "Ring på" },
      },
    });
  });
});
