import fc from "fast-check";
import { describe, expect, test } from "vitest";

import type { ContractFieldsFragment, CycleFieldsFragment } from "~/shopify/generated/admin";

import { readableContract, readableCustomer, readableCycles, readableMethod } from "./readable";

const contract: ContractFieldsFragment = {
  id: "gid://shopify/SubscriptionContract/1",
  status: "ACTIVE",
  revisionId: "17",
  createdAt: "2026-01-02T10:00:00Z",
  updatedAt: "2026-02-02T10:00:00Z",
  currencyCode: "NOK",
  billingPolicy: { interval: "MONTH", intervalCount: 1, minCycles: null, maxCycles: 12 },
  deliveryPolicy: { interval: "WEEK", intervalCount: 2 },
  deliveryPrice: { amount: "49.0", currencyCode: "NOK" },
  deliveryMethod: {
    __typename: "SubscriptionDeliveryMethodShipping",
    address: {
      firstName: "Kari",
      lastName: "Nordmann",
      company: null,
      address1: "Storgata 1",
      address2: null,
      zip: "0155",
      city: "Oslo",
      provinceCode: null,
      countryCodeV2: "NO",
      phone: null,
    },
    shippingOption: { code: "standard", title: "Standard", presentmentTitle: null, description: null },
  },
  discounts: {
    nodes: [
      {
        id: "gid://shopify/SubscriptionManualDiscount/1",
        title: "Takk",
        type: "MANUAL",
        targetType: "LINE_ITEM",
        recurringCycleLimit: 3,
        usageCount: 1,
        value: { __typename: "SubscriptionDiscountPercentageValue", percentage: 10 },
        entitledLines: { all: true, lines: { nodes: [] } },
      },
    ],
  },
  customer: {
    id: "gid://shopify/Customer/1",
    firstName: "Kari",
    lastName: "Nordmann",
    locale: "nb",
    defaultEmailAddress: { emailAddress: "kari@example.com" },
  },
  customerPaymentMethod: {
    id: "gid://shopify/CustomerPaymentMethod/1",
    revokedAt: null,
    instrument: {
      __typename: "CustomerCreditCard",
      brand: "visa",
      lastDigits: "4242",
      expiryMonth: 4,
      expiryYear: 2027,
    },
  },
  originOrder: { id: "gid://shopify/Order/1", name: "#1001" },
  lines: {
    nodes: [
      {
        id: "gid://shopify/SubscriptionLine/1",
        productId: "gid://shopify/Product/1",
        variantId: "gid://shopify/ProductVariant/1",
        title: "Mørk",
        variantTitle: null,
        sku: null,
        quantity: 2,
        currentPrice: { amount: "75.00", currencyCode: "NOK" },
        lineDiscountedPrice: { amount: "135.00", currencyCode: "NOK" },
        customAttributes: [{ key: "Grind", value: "Fine" }],
        sellingPlanId: "gid://shopify/SellingPlan/1",
        sellingPlanName: "Every month",
        variantImage: null,
      },
    ],
  },
};
const cycle: CycleFieldsFragment = {
  cycleIndex: 3,
  cycleStartAt: "2026-03-01T10:00:00Z",
  cycleEndAt: "2026-04-01T10:00:00Z",
  billingAttemptExpectedDate: "2026-04-01T10:00:00Z",
  skipped: false,
  status: "UNBILLED",
};

type Path = (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const below = Object.entries(value).flatMap(([key, each]) =>
    pathsOf(each, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length > 0 ? [path, ...below] : below;
}

/** As it comes over the wire, with one place changed; `undefined` leaves it out. */
function changed<Node>(node: Node, path: Path, to: unknown): Node {
  const copy = structuredClone(node);
  let at: unknown = copy;
  for (const key of path.slice(0, -1)) at = (at as Record<string | number, unknown>)[key];
  (at as Record<string | number, unknown>)[path.at(-1) ?? ""] = to;
  return JSON.parse(JSON.stringify(copy)) as Node;
}

/** What no field of a contract can be. */
const NONSENSE = [7.5, -1, 1e15, true, "x".repeat(100_000), "\u0000", { some: "thing" }];

describe("a contract's answer", () => {
  test("is read when it is what the schema promises", () => {
    expect(readableContract(contract)).toMatchObject({
      status: "ACTIVE",
      deliveryPrice: "49.0",
      paymentMethodLabel: "Visa •••• 4242",
      paymentMethodExpiry: "2027-04",
      lines: [{ quantity: 2, currentPrice: "75.00" }],
    });
  });

  test("is not understood with nonsense in any field that the engine decides on", () => {
    const paths = pathsOf(contract).map((path) => path.join("."));
    const decisive = [
      ...[
        "id",
        "status",
        "revisionId",
        "currencyCode",
        "updatedAt",
        "deliveryPrice.amount",
        "customerPaymentMethod.id",
      ],
      ...["billingPolicy.interval", "billingPolicy.intervalCount", "billingPolicy.maxCycles", "lines.nodes"],
      ...["lines.nodes.0", "lines.nodes.0.id", "lines.nodes.0.variantId", "lines.nodes.0.quantity"],
      ...["lines.nodes.0.currentPrice.amount", "originOrder.id", "customer.id"],
    ];
    expect(paths).toEqual(expect.arrayContaining(decisive));
    for (const path of decisive) {
      const keys = path.split(".").map((key) => (/^\d+$/.test(key) ? Number(key) : key));
      for (const nonsense of NONSENSE) {
        expect([path, nonsense, readableContract(changed(contract, keys, nonsense))]).toEqual([path, nonsense, null]);
      }
    }
  });

  test("never throws, and what is read of it fits the mirror's columns", () => {
    const nonsense = fc.oneof(fc.jsonValue(), fc.constantFrom(...NONSENSE, null, undefined, "0000-00-00", "-5.00", []));
    fc.assert(
      fc.property(fc.constantFrom(...pathsOf(contract)), nonsense, (path, value) => {
        const reading = readableContract(changed(contract, path, value));
        if (!reading) return;
        const text = JSON.stringify(reading);
        expect(text).not.toContain("\\u0000");
        expect(text.length).toBeLessThan(50_000);
        for (const at of [reading.shopifyCreatedAt, reading.shopifyUpdatedAt]) expect(at.getTime()).not.toBeNaN();
        for (const { quantity, currentPrice } of reading.lines) {
          expect(Number.isInteger(quantity) && quantity >= 1).toBe(true);
          expect(Number(currentPrice)).toBeGreaterThanOrEqual(0);
        }
      }),
      { numRuns: 500 },
    );
    for (const whole of [null, undefined]) expect(readableContract(whole)).toBeNull();
  });
});

describe("cycles", () => {
  test("are read all or not at all: without one of them nobody knows what is due", () => {
    expect(readableCycles({ nodes: [cycle] })).toHaveLength(1);
    expect(readableCycles({ nodes: [] })).toEqual([]);
    for (const path of pathsOf(cycle)) {
      for (const nonsense of [...NONSENSE, null, undefined, "0000-00-00"]) {
        const isFlag = path[0] === "skipped" && nonsense === true;
        if (isFlag) continue;
        expect([path, nonsense, readableCycles({ nodes: [cycle, changed(cycle, path, nonsense)] })]).toEqual([
          path,
          nonsense,
          null,
        ]);
      }
    }
    expect(readableCycles(null)).toBeNull();
    expect(readableCycles(changed({ nodes: [cycle] }, ["nodes"], null))).toBeNull();
  });
});

test("people and cards that can't be understood are left as they were", () => {
  expect(readableCustomer(contract.customer)).toMatchObject({ email: "kari@example.com" });
  expect(readableCustomer(changed(contract.customer, ["firstName"], { first: "Kari" }))).toBeNull();
  const method = { __typename: "CustomerPaymentMethod" as const, ...structuredClone(contract.customerPaymentMethod) };
  const { id, revokedAt, instrument } = method;
  if (!id || instrument === undefined) throw new Error("no method");
  const node = { __typename: method.__typename, id, revokedAt: revokedAt ?? null, instrument };
  expect(readableMethod(node)).toMatchObject({ label: "Visa •••• 4242", expiry: "2027-04" });
  expect(readableMethod(changed(node, ["instrument", "brand"], null))).toBeNull();
  expect(readableMethod(changed(node, ["instrument", "expiryYear"], "soon"))).toBeNull();
  expect(readableMethod(changed(node, ["revokedAt"], "0000-00-00"))).toBeNull();
});
