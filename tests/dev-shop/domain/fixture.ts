import {
  createWorld,
  nextId,
  type Product,
  type SellingPlanGroup,
  type Shop,
  type Variant,
  type World,
} from "../world";
import { createCustomer } from "./customers";
import type { SellingPlanInput } from "./selling-plan-input";
import { createGroup } from "./selling-plans";
import { createShop } from "./shops";
import type { Address, Contract, Customer, Interval } from "../world";
import { completeCheckout } from "./checkout";

export const APP = "test-app";

export const ADDRESS: Address = {
  firstName: "Kari",
  lastName: "Nordmann",
  address1: "Storgata 1",
  zip: "0155",
  city: "Oslo",
  countryCode: "NO",
  phone: "+4722222222",
};

export interface Fixture {
  world: World;
  shop: Shop;
  product: Product;
  variant: Variant;
  customer: Customer;
}

/** A Norwegian coffee shop with one product at 200.00, shipping at 49.00 and one customer. */
export function aShop(now = "2026-03-01T09:00:00Z", timeZone = "Europe/Oslo"): Fixture {
  const world = createWorld(now);
  const shop = createShop(world, {
    name: "kaffebonna",
    title: "Kaffebønna",
    currency: "NOK",
    timeZone,
    locale: "nb",
    countryCode: "NO",
    taxRate: "0.15",
    shippingRates: [{ title: "Hjem", price: "49.00", freeFrom: "500.00" }],
  });
  const productId = nextId(world);
  const variant: Variant = {
    id: nextId(world),
    productId,
    title: "250 g",
    sku: "K-250",
    price: "200.00",
    inventory: 10,
    inventoryPolicy: "DENY",
    optionValues: ["250 g"],
    requiresShipping: true,
  };
  const product: Product = {
    id: productId,
    handle: "etiopia",
    title: "Etiopia",
    descriptionHtml: "<p>Kaffe</p>",
    vendor: "Kaffebønna",
    productType: "Kaffe",
    options: [{ name: "Vekt", values: ["250 g"] }],
    variantIds: [variant.id],
    requiresSellingPlan: false,
    createdAt: now,
  };
  shop.products[product.id] = product;
  shop.variants[variant.id] = variant;
  const customer = createCustomer(world, shop, {
    email: "kari@example.com",
    firstName: "Kari",
    lastName: "Nordmann",
    defaultAddress: ADDRESS,
  });
  return { world, shop, product, variant, customer };
}

export function planInput(interval: Interval, intervalCount: number, percentage = 10): SellingPlanInput {
  const name = `${intervalCount} ${interval}`;
  return {
    name,
    options: [name],
    category: "SUBSCRIPTION",
    billingPolicy: { recurring: { interval, intervalCount } },
    deliveryPolicy: { recurring: { interval, intervalCount } },
    pricingPolicies: [{ fixed: { adjustmentType: "PERCENTAGE", adjustmentValue: { percentage } } }],
  };
}

export function aGroup(fixture: Fixture, ...plans: SellingPlanInput[]): SellingPlanGroup {
  const { group, userErrors } = createGroup(
    fixture.world,
    fixture.shop,
    APP,
    { name: "Kaffe hjem", options: ["Hver"], sellingPlansToCreate: plans },
    { productIds: [fixture.product.id] },
  );
  if (!group) throw new Error(JSON.stringify(userErrors));
  return group;
}

/** A contract bought at `world.now`. */
export function aContract(fixture: Fixture, interval: Interval, intervalCount = 1, quantity = 1): Contract {
  const group = aGroup(fixture, planInput(interval, intervalCount));
  const { contracts } = completeCheckout(fixture.world, fixture.shop, {
    customerId: fixture.customer.id,
    lines: [{ variantId: fixture.variant.id, quantity, sellingPlanId: group.sellingPlanIds[0] ?? null }],
  });
  const contract = contracts[0];
  if (!contract) throw new Error("The checkout made no contract.");
  return contract;
}
