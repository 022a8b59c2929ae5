import { describe, expect, test } from "vitest";

import { createAttempt, cycleAt, cyclesByIndex, runDueEvents } from "../domain";
import { aContract, APP } from "../domain/fixture";
import { gid, nextId, type Contract, type Shop, type Variant } from "../world";
import { contractGid, subscribed, type Api } from "./fixture";

/** The payload of a mutation's only root field. */
async function mutate(api: Api, field: string, args: string, selection: string): Promise<Record<string, unknown>> {
  const { data, errors } = await api.call(
    `mutation { ${field}(${args}) { ${selection} userErrors { code field message } } }`,
  );
  expect(errors).toEqual([]);
  return (data?.[field] ?? {}) as Record<string, unknown>;
}

const codesOf = (payload: Record<string, unknown>): unknown[] =>
  (payload["userErrors"] as { code: string }[]).map(({ code }) => code);

const idIn = (payload: Record<string, unknown>, name = "draft"): string => (payload[name] as { id: string }).id;

const open = async (api: Api, contract: Contract): Promise<string> =>
  idIn(await mutate(api, "subscriptionContractUpdate", `contractId: "${contractGid(contract)}"`, "draft { id }"));

const cycleInput = (contract: Contract, index: number): string =>
  `billingCycleInput: { contractId: "${contractGid(contract)}", selector: { index: ${index} } }`;

const openCycle = async (api: Api, contract: Contract, index: number): Promise<string> =>
  idIn(await mutate(api, "subscriptionBillingCycleContractEdit", cycleInput(contract, index), "draft { id }"));

const commit = (api: Api, draftId: string): Promise<Record<string, unknown>> =>
  mutate(api, "subscriptionDraftCommit", `draftId: "${draftId}"`, "contract { id revisionId }");

const commitCycle = (api: Api, draftId: string): Promise<Record<string, unknown>> =>
  mutate(
    api,
    "subscriptionBillingCycleContractDraftCommit",
    `draftId: "${draftId}"`,
    "contract { lines(first: 5) { nodes { id quantity currentPrice { amount } } } billingCycles(first: 5) { nodes { cycleIndex } } }",
  );

const shippedTo = (address: string): string => `input: { deliveryMethod: { shipping: { address: { ${address} } } } }`;

const broughtTo = (option: string): string =>
  `input: { deliveryMethod: { localDelivery: { localDeliveryOption: ${option} } } }`;

const pickedUpAt = (locationId: string): string =>
  `input: { deliveryPrice: "0", deliveryMethod: { pickup: { pickupOption: { code: "Torget", title: "Torget", locationId: "${locationId}" } } } }`;

/** A shop that is picked up from, and brings what its neighbours buy. */
const NEIGHBOURS: Pick<Shop, "pickupLocations" | "localDelivery"> = {
  pickupLocations: [
    {
      id: "501",
      name: "Torget",
      address1: "Torget 1",
      zip: "0155",
      city: "Oslo",
      countryCode: "NO",
      pickupTime: "Usually ready in 2 hours",
      price: "10.00",
    },
  ],
  localDelivery: {
    title: "Bud",
    price: "29.00",
    freeFrom: "900.00",
    countryCode: "NO",
    zips: ["0155"],
    phoneRequired: true,
  },
};

const lineGid = (contract: Contract): string => gid("SubscriptionLine", contract.lines[0]?.id ?? "");

function anotherVariant({ world, shop, variant }: ReturnType<typeof subscribed>): Variant {
  const other = { ...variant, id: nextId(world), title: "500 g", price: "350.00" };
  shop.variants[other.id] = other;
  return other;
}

/** Bills a cycle at its date and answers the order. */
function bill({ world, shop }: ReturnType<typeof subscribed>, contract: Contract, index: number) {
  world.now = cycleAt(world, shop, contract, index).billingAttemptExpectedDate;
  const selector = { index };
  const { attempt, userErrors } = createAttempt(
    world,
    shop,
    contract,
    { idempotencyKey: `k-${contract.id}-${index}`, billingCycleSelector: selector },
    "app",
  );
  expect(userErrors).toEqual([]);
  world.now = attempt?.resolvesAt ?? world.now;
  runDueEvents(world);
  expect(attempt?.state).toBe("Success");
  return shop.orders[attempt?.orderId ?? ""];
}

const topics = ({ shop }: ReturnType<typeof subscribed>): string[] => shop.outbox.map(({ topic }) => topic);

describe("a contract's draft", () => {
  test("changes nothing until it is committed; then the contract has it under a new revision, and says so", async () => {
    const f = subscribed();
    const { api, contract, shop } = f;
    const before = { revision: contract.revisionId, cycles: cycleAt(f.world, shop, contract, 3) };
    shop.outbox = [];
    const draftId = await open(api, contract);
    const update = await mutate(
      api,
      "subscriptionDraftLineUpdate",
      `draftId: "${draftId}", lineId: "${lineGid(contract)}", input: { quantity: 3, currentPrice: "150.00" }`,
      "draft { lines(first: 1) { nodes { quantity } } } lineUpdated { quantity currentPrice { amount } lineDiscountedPrice { amount } pricingPolicy { basePrice { amount } } }",
    );
    expect(update).toMatchObject({
      draft: { lines: { nodes: [{ quantity: 3 }] } },
      lineUpdated: {
        quantity: 3,
        currentPrice: { amount: "150.0" },
        lineDiscountedPrice: { amount: "450.0" },
        pricingPolicy: null,
      },
    });
    expect(contract.lines[0]?.quantity).toBe(1);
    expect(topics(f)).toEqual([]);
    const committed = await commit(api, draftId);
    expect(codesOf(committed)).toEqual([]);
    expect(contract.lines[0]).toMatchObject({ quantity: 3, currentPrice: "150.00" });
    expect(contract.revisionId).not.toBe(before.revision);
    expect(topics(f)).toEqual(["subscription_contracts/update"]);
    expect(cycleAt(f.world, shop, contract, 3)).toEqual(before.cycles);
    expect(codesOf(await commit(api, draftId))).toEqual(["COMMITTED"]);
    expect((await api.call(`{ subscriptionDraft(id: "${draftId}") { id } }`)).data).toEqual({
      subscriptionDraft: null,
    });
    expect(
      codesOf(
        await mutate(api, "subscriptionDraftUpdate", `draftId: "${draftId}", input: { note: "x" }`, "draft { id }"),
      ),
    ).toEqual(["COMMITTED"]);
  });

  test("is stale once the contract moved on", async () => {
    const { api, contract } = subscribed();
    const [first, second] = [await open(api, contract), await open(api, contract)];
    expect(codesOf(await commit(api, first))).toEqual([]);
    expect(codesOf(await commit(api, second))).toEqual(["STALE_CONTRACT"]);
  });

  test("adds and removes lines, and shows what it would do", async () => {
    const f = subscribed();
    const { api, contract } = f;
    const other = anotherVariant(f);
    const draftId = await open(api, contract);
    const remove = `draftId: "${draftId}", lineId: "${lineGid(contract)}"`;
    await mutate(
      api,
      "subscriptionDraftLineAdd",
      `draftId: "${draftId}", input: { productVariantId: "${gid("ProductVariant", other.id)}", quantity: 2, currentPrice: 300 }`,
      "lineAdded { id }",
    );
    expect(codesOf(await mutate(api, "subscriptionDraftLineRemove", remove, "lineRemoved { id }"))).toEqual([]);
    expect(codesOf(await mutate(api, "subscriptionDraftLineRemove", remove, "lineRemoved { id }"))).toEqual([
      "ALREADY_REMOVED",
    ]);
    const { data } = await api.call(`{ subscriptionDraft(id: "${draftId}") {
      linesAdded(first: 5) { nodes { title variantTitle quantity currentPrice { amount } } }
      linesRemoved(first: 5) { nodes { id } }
      originalContract { id } billingCycle { cycleIndex } } }`);
    expect(data).toEqual({
      subscriptionDraft: {
        linesAdded: {
          nodes: [{ title: "Etiopia", variantTitle: "500 g", quantity: 2, currentPrice: { amount: "300.0" } }],
        },
        linesRemoved: { nodes: [{ id: lineGid(contract) }] },
        originalContract: { id: contractGid(contract) },
        billingCycle: null,
      },
    });
  });

  test.each([
    [
      "subscriptionDraftLineAdd",
      `input: { productVariantId: "gid://shopify/ProductVariant/1", quantity: 1, currentPrice: "1" }`,
      "INVALID",
    ],
    ["subscriptionDraftUpdate", `input: { deliveryPrice: "-1" }`, "GREATER_THAN_OR_EQUAL_TO"],
    ["subscriptionDraftUpdate", `input: { nextBillingDate: "2020-01-01T00:00:00Z" }`, "INVALID_BILLING_DATE"],
    ["subscriptionDraftUpdate", `input: { note: "${"x".repeat(5001)}" }`, "INVALID_NOTE_LENGTH"],
    ["subscriptionDraftUpdate", `input: { billingPolicy: { interval: WEEK, intervalCount: 0 } }`, "GREATER_THAN"],
    [
      "subscriptionDraftUpdate",
      `input: { deliveryPolicy: { interval: MONTH, intervalCount: 1 } }`,
      "DELIVERY_MUST_BE_MULTIPLE_OF_BILLING",
    ],
    [
      "subscriptionDraftUpdate",
      `input: { billingPolicy: { interval: WEEK, intervalCount: 1, minCycles: 3, maxCycles: 2 } }`,
      "SELLING_PLAN_MAX_CYCLES_MUST_BE_GREATER_THAN_MIN_CYCLES",
    ],
    ["subscriptionDraftUpdate", `input: { deliveryMethod: { localDelivery: {} } }`, "MISSING_LOCAL_DELIVERY_OPTIONS"],
    ["subscriptionDraftUpdate", broughtTo(`{ title: "Bud", phone: "" }`), "BLANK"],
    ["subscriptionDraftUpdate", broughtTo(`{ title: "Bud", phone: "912 34 567" }`), "INVALID"],
    ["subscriptionDraftUpdate", pickedUpAt("gid://shopify/Location/999"), "INVALID"],
    ["subscriptionDraftUpdate", `input: { deliveryMethod: { pickup: {} } }`, "BLANK"],
    ["subscriptionDraftUpdate", `input: { deliveryMethod: { pickup: {}, shipping: {} } }`, "INVALID"],
    ["subscriptionDraftUpdate", shippedTo("countryCode: US"), "BLANK"],
    ["subscriptionDraftUpdate", shippedTo(`countryCode: US, provinceCode: "ON"`), "INVALID"],
    ["subscriptionDraftUpdate", shippedTo(`provinceCode: "OR"`), "INVALID"],
    ["subscriptionDraftDiscountAdd", `input: { title: "x" }`, "PRESENCE"],
    ["subscriptionDraftDiscountAdd", `input: { value: { percentage: 101 } }`, "NOT_IN_RANGE"],
    ["subscriptionDraftDiscountAdd", `input: { value: { percentage: 10 }, recurringCycleLimit: 0 }`, "GREATER_THAN"],
    [
      "subscriptionDraftDiscountAdd",
      `input: { value: { percentage: 10 }, entitledLines: { all: false } }`,
      "NO_ENTITLED_LINES",
    ],
    ["subscriptionDraftDiscountCodeApply", `redeemCode: " "`, "BLANK"],
    [
      "subscriptionBillingCycleContractDraftConcatenate",
      `concatenatedBillingCycleContracts: []`,
      "CONCATENATION_BILLING_CYCLE_CONTRACT_DRAFT_REQUIRED",
    ],
  ])("%s with %s is refused with %s", async (field, args, code) => {
    const { api, contract, shop } = subscribed();
    Object.assign(shop, NEIGHBOURS);
    const draftId = await open(api, contract);
    expect(codesOf(await mutate(api, field, `draftId: "${draftId}", ${args}`, "draft { id }"))).toEqual([code]);
  });

  test("takes a province of its country, none where addresses name none, and anything while that is not checked", async () => {
    const { api, contract, world } = subscribed();
    const draftId = await open(api, contract);
    const send = async (address: string) =>
      codesOf(
        await mutate(api, "subscriptionDraftUpdate", `draftId: "${draftId}", ${shippedTo(address)}`, "draft { id }"),
      );
    expect(await send(`countryCode: US, provinceCode: "OR"`)).toEqual([]);
    expect(await send("countryCode: NO")).toEqual(["INVALID"]);
    expect(await send(`countryCode: NO, provinceCode: ""`)).toEqual([]);
    expect(await send("countryCode: NZ")).toEqual([]);
    expect(await send("countryCode: GB")).toEqual([]);
    world.settings.assumptions.draftsCheckProvinces = false;
    expect(await send("countryCode: US")).toEqual([]);
  });

  test("without lines, or without an address for what is shipped, can't be committed", async () => {
    const { api, contract, shop } = subscribed();
    const draftId = await open(api, contract);
    await mutate(
      api,
      "subscriptionDraftLineRemove",
      `draftId: "${draftId}", lineId: "${lineGid(contract)}"`,
      "lineRemoved { id }",
    );
    expect(codesOf(await commit(api, draftId))).toEqual(["INVALID_LINES"]);
    contract.shippingAddress = null;
    const second = await open(api, contract);
    expect(codesOf(await commit(api, second))).toEqual(["DELIVERY_METHOD_REQUIRED"]);
    expect(shop.contracts[contract.id]?.lines).toHaveLength(1);
  });

  test("a change of billing policy renumbers no cycle and counts from the current one's start", async () => {
    const f = subscribed();
    const { api, contract, world, shop } = f;
    bill(f, contract, 1);
    bill(f, contract, 2);
    const [second, third] = [cycleAt(world, shop, contract, 2), cycleAt(world, shop, contract, 3)];
    const draftId = await open(api, contract);
    await mutate(
      api,
      "subscriptionDraftUpdate",
      `draftId: "${draftId}", input: { billingPolicy: { interval: MONTH, intervalCount: 1 }, deliveryPolicy: { interval: MONTH, intervalCount: 1 } }`,
      "draft { id }",
    );
    expect(codesOf(await commit(api, draftId))).toEqual([]);
    expect(cycleAt(world, shop, contract, 2)).toEqual(second);
    expect(cycleAt(world, shop, contract, 3).cycleStartAt).toBe(third.cycleStartAt);
    expect(cycleAt(world, shop, contract, 3).cycleEndAt).toBe("2026-04-15T08:00:00Z");
    expect(cycleAt(world, shop, contract, 4).cycleEndAt).toBe("2026-05-15T08:00:00Z");
  });
});

describe("discounts", () => {
  test("come off the next orders as often as their limit says, and the draft shows them before", async () => {
    const f = subscribed();
    const { api, contract } = f;
    const draftId = await open(api, contract);
    const added = await mutate(
      api,
      "subscriptionDraftDiscountAdd",
      `draftId: "${draftId}", input: { title: "Takk", value: { percentage: 50 }, recurringCycleLimit: 1, entitledLines: { all: true } }`,
      "discountAdded { id type targetType usageCount value { ... on SubscriptionDiscountPercentageValue { percentage } } } draft { lines(first: 1) { nodes { lineDiscountedPrice { amount } discountAllocations { amount { amount } } } } }",
    );
    expect(added).toMatchObject({
      discountAdded: { type: "MANUAL", targetType: "LINE_ITEM", usageCount: 0, value: { percentage: 50 } },
      draft: {
        lines: {
          nodes: [{ lineDiscountedPrice: { amount: "90.0" }, discountAllocations: [{ amount: { amount: "90.0" } }] }],
        },
      },
    });
    await mutate(
      api,
      "subscriptionDraftFreeShippingDiscountAdd",
      `draftId: "${draftId}", input: { title: "Frakt" }`,
      "discountAdded { id }",
    );
    expect(codesOf(await commit(api, draftId))).toEqual([]);
    expect(bill(f, contract, 1)).toMatchObject({ subtotal: "90.00", shipping: "0.00", total: "90.00" });
    expect(bill(f, contract, 2)).toMatchObject({ subtotal: "180.00", shipping: "0.00", total: "180.00" });
    expect(contract.discounts?.map(({ usageCount }) => usageCount)).toEqual([1, 2]);
    const { data } = await api.call(`{ subscriptionContract(id: "${contractGid(contract)}") { orders(first: 3) { nodes {
      totalDiscountsSet { shopMoney { amount } }
      lineItems(first: 1) { nodes { originalTotalSet { shopMoney { amount } } discountedTotalSet { shopMoney { amount } } } } } } } }`);
    const money = (amount: string) => ({ shopMoney: { amount } });
    expect(data).toMatchObject({
      subscriptionContract: {
        orders: {
          nodes: [
            {},
            {
              totalDiscountsSet: money("90.0"),
              lineItems: { nodes: [{ originalTotalSet: money("180.0"), discountedTotalSet: money("90.0") }] },
            },
            { totalDiscountsSet: money("0.0") },
          ],
        },
      },
    });
  });

  test("a fixed amount for all lines is shared without losing a cent", async () => {
    const f = subscribed();
    const { api, contract } = f;
    const other = anotherVariant(f);
    const draftId = await open(api, contract);
    await mutate(
      api,
      "subscriptionDraftLineAdd",
      `draftId: "${draftId}", input: { productVariantId: "${gid("ProductVariant", other.id)}", quantity: 2, currentPrice: "60.00" }`,
      "lineAdded { id }",
    );
    await mutate(
      api,
      "subscriptionDraftDiscountAdd",
      `draftId: "${draftId}", input: { value: { fixedAmount: { amount: 100.01, appliesOnEachItem: false } } }`,
      "discountAdded { id }",
    );
    await commit(api, draftId);
    expect(bill(f, contract, 1)?.subtotal).toBe("199.99");
  });

  test("a discount code is taken and rejected: the shop has none", async () => {
    const { api, contract } = subscribed();
    const draftId = await open(api, contract);
    const applied = await mutate(
      api,
      "subscriptionDraftDiscountCodeApply",
      `draftId: "${draftId}", redeemCode: "SOMMER"`,
      "appliedDiscount { redeemCode rejectionReason } draft { discounts(first: 2) { nodes { __typename } } }",
    );
    expect(applied).toMatchObject({
      appliedDiscount: { redeemCode: "SOMMER", rejectionReason: "NOT_FOUND" },
      draft: { discounts: { nodes: [{ __typename: "SubscriptionAppliedCodeDiscount" }] } },
    });
  });
});

describe("a cycle's contract edit", () => {
  test("holds for that cycle's order alone; the contract and its revision stay", async () => {
    const f = subscribed();
    const { api, contract, shop } = f;
    const revision = contract.revisionId;
    shop.outbox = [];
    const draftId = await openCycle(api, contract, 1);
    await mutate(
      api,
      "subscriptionDraftLineUpdate",
      `draftId: "${draftId}", lineId: "${lineGid(contract)}", input: { quantity: 2 }`,
      "draft { id }",
    );
    expect(codesOf(await commit(api, draftId))).toEqual(["BILLING_CYCLE_PRESENT"]);
    const committed = await commitCycle(api, draftId);
    expect(committed).toMatchObject({
      contract: {
        lines: { nodes: [{ id: lineGid(contract), quantity: 2, currentPrice: { amount: "180.0" } }] },
        billingCycles: { nodes: [{ cycleIndex: 1 }] },
      },
    });
    expect(topics(f)).toEqual(["subscription_billing_cycle_edits/create"]);
    expect(contract.lines[0]?.quantity).toBe(1);
    expect(contract.revisionId).toBe(revision);
    const { data } = await api.call(`{ subscriptionBillingCycle(${cycleInput(contract, 1)}) { edited
      editedContract { lines(first: 1) { nodes { quantity } } } sourceContract { lines(first: 1) { nodes { quantity } } } } }`);
    expect(data).toEqual({
      subscriptionBillingCycle: {
        edited: true,
        editedContract: { lines: { nodes: [{ quantity: 2 }] } },
        sourceContract: { lines: { nodes: [{ quantity: 1 }] } },
      },
    });
    expect(bill(f, contract, 1)?.lines).toMatchObject([{ quantity: 2 }]);
    expect(bill(f, contract, 2)?.lines).toMatchObject([{ quantity: 1 }]);
  });

  test("blocks every update of the contract until its cycle is over or the edit is deleted", async () => {
    const { api, contract } = subscribed();
    await commitCycle(api, await openCycle(api, contract, 2));
    expect(codesOf(await commit(api, await open(api, contract)))).toEqual(["HAS_FUTURE_EDITS"]);
    const change = `subscriptionContractId: "${contractGid(contract)}", lineId: "${lineGid(contract)}", input: { currentPrice: "1.00" }`;
    expect(codesOf(await mutate(api, "subscriptionContractProductChange", change, "lineUpdated { id }"))).toEqual([
      "HAS_FUTURE_EDITS",
    ]);
    const deleted = await mutate(
      api,
      "subscriptionBillingCycleEditDelete",
      cycleInput(contract, 2),
      "billingCycles { cycleIndex edited }",
    );
    expect(deleted).toMatchObject({ billingCycles: [{ cycleIndex: 2, edited: false }] });
    expect(
      codesOf(
        await mutate(api, "subscriptionBillingCycleEditDelete", cycleInput(contract, 2), "billingCycles { edited }"),
      ),
    ).toEqual(["NO_CYCLE_EDITS"]);
    expect(codesOf(await mutate(api, "subscriptionContractProductChange", change, "lineUpdated { id }"))).toEqual([]);
    expect(contract.lines[0]?.currentPrice).toBe("1.00");
  });

  test("its draft knows no policies, and is stale after another edit of the cycle", async () => {
    const { api, contract } = subscribed();
    const [first, second] = [await openCycle(api, contract, 1), await openCycle(api, contract, 1)];
    const policy = "{ interval: WEEK, intervalCount: 2 }";
    expect(
      codesOf(
        await mutate(
          api,
          "subscriptionDraftUpdate",
          `draftId: "${first}", input: { billingPolicy: ${policy}, deliveryPolicy: ${policy} }`,
          "draft { id }",
        ),
      ),
    ).toEqual([
      "BILLING_CYCLE_CONTRACT_DRAFT_BILLING_POLICY_INVALID",
      "BILLING_CYCLE_CONTRACT_DRAFT_DELIVERY_POLICY_INVALID",
    ]);
    expect(codesOf(await commitCycle(api, first))).toEqual([]);
    expect(codesOf(await commitCycle(api, second))).toEqual(["STALE_CONTRACT"]);
    expect(codesOf(await commitCycle(api, await open(api, contract)))).toEqual(["BILLING_CYCLE_ABSENT"]);
  });

  test("a cycle that is being charged or is billed can't have its edit deleted or made", async () => {
    const f = subscribed();
    const { api, contract, world, shop } = f;
    await commitCycle(api, await openCycle(api, contract, 1));
    world.now = cycleAt(world, shop, contract, 1).billingAttemptExpectedDate;
    createAttempt(world, shop, contract, { idempotencyKey: "k", billingCycleSelector: { index: 1 } }, "app");
    expect(
      codesOf(
        await mutate(api, "subscriptionBillingCycleEditDelete", cycleInput(contract, 1), "billingCycles { edited }"),
      ),
    ).toEqual(["INCOMPLETE_BILLING_ATTEMPTS"]);
    world.now = "2026-03-08T10:00:00Z";
    runDueEvents(world);
    expect(
      codesOf(await mutate(api, "subscriptionBillingCycleContractEdit", cycleInput(contract, 1), "draft { id }")),
    ).toEqual(["INVALID"]);
    expect(
      codesOf(await mutate(api, "subscriptionBillingCycleContractEdit", cycleInput(contract, 999), "draft { id }")),
    ).toEqual(["UPCOMING_CYCLE_LIMIT_EXCEEDED"]);
  });

  test("concatenated contracts are delivered and billed with it", async () => {
    const f = subscribed();
    const { api, contract, world, shop } = f;
    const other = aContract(f, "WEEK", 1, 3);
    const draftId = await openCycle(api, contract, 1);
    const concatenated = `draftId: "${draftId}", concatenatedBillingCycleContracts: [{ contractId: "${contractGid(other)}", selector: { index: 1 } }]`;
    expect(
      codesOf(await mutate(api, "subscriptionBillingCycleContractDraftConcatenate", concatenated, "draft { id }")),
    ).toEqual([]);
    expect(
      codesOf(await mutate(api, "subscriptionBillingCycleContractDraftConcatenate", concatenated, "draft { id }")),
    ).toEqual(["DUPLICATE_CONCATENATED_CONTRACTS"]);
    await commitCycle(api, draftId);
    expect(bill(f, contract, 1)?.lines.map(({ quantity, contractId }) => [quantity, contractId])).toEqual([
      [1, contract.id],
      [3, other.id],
    ]);
    expect(cycleAt(world, shop, other, 1).status).toBe("BILLED");
  });

  test("all edits of coming cycles are deleted at once; what is billed stays billed", async () => {
    const f = subscribed();
    const { api, contract, shop, world } = f;
    await commitCycle(api, await openCycle(api, contract, 2));
    await commitCycle(api, await openCycle(api, contract, 3));
    bill(f, contract, 1);
    shop.outbox = [];
    const args = `contractId: "${contractGid(contract)}", targetSelection: ALL`;
    const deleted = await mutate(api, "subscriptionBillingCycleEditsDelete", args, "billingCycles { cycleIndex }");
    expect(deleted).toMatchObject({ billingCycles: [{ cycleIndex: 2 }, { cycleIndex: 3 }] });
    expect(topics(f)).toEqual(["subscription_billing_cycle_edits/delete", "subscription_billing_cycle_edits/delete"]);
    expect(cycleAt(world, shop, contract, 1).status).toBe("BILLED");
  });
});

describe("a way of delivery", () => {
  const OPTIONS = `... on SubscriptionDeliveryOptionResultSuccess { deliveryOptions { __typename
    ... on SubscriptionShippingOption { title price { amount } }
    ... on SubscriptionLocalDeliveryOption { title phoneRequired price { amount } }
    ... on SubscriptionPickupOption { title pickupTime price { amount } location { id name address { city } } } } }`;
  const METHOD = `deliveryMethod { __typename
    ... on SubscriptionDeliveryMethodShipping { address { zip } shippingOption { title } }
    ... on SubscriptionDeliveryMethodLocalDelivery { address { zip } localDeliveryOption { title phone instructions } }
    ... on SubscriptionDeliveryMethodPickup { pickupOption { title location { id } } } }`;

  /** What a draft is offered for an address, asked as often as the answer takes. */
  async function optionsFor(api: Api, draftId: string, zip: string): Promise<Record<string, unknown>[]> {
    const ask = `{ subscriptionDraft(id: "${draftId}") { deliveryOptions(deliveryAddress: { countryCode: NO, zip: "${zip}" }) { ${OPTIONS} } } }`;
    await api.call(ask);
    const { data, errors } = await api.call(ask);
    expect(errors).toEqual([]);
    const draft = data?.["subscriptionDraft"] as { deliveryOptions: { deliveryOptions: Record<string, unknown>[] } };
    return draft.deliveryOptions.deliveryOptions;
  }

  test("is offered by what the shop says of it: its neighbours, and the place to pick up at", async () => {
    const { api, contract, shop } = subscribed();
    Object.assign(shop, NEIGHBOURS);
    const draftId = await open(api, contract);
    const pickup = {
      __typename: "SubscriptionPickupOption",
      title: "Torget",
      pickupTime: "Usually ready in 2 hours",
      price: { amount: "10.0" },
      location: { id: "gid://shopify/Location/501", name: "Torget", address: { city: "Oslo" } },
    };
    expect(await optionsFor(api, draftId, "0155")).toEqual([
      { __typename: "SubscriptionShippingOption", title: "Hjem", price: { amount: "49.0" } },
      { __typename: "SubscriptionLocalDeliveryOption", title: "Bud", phoneRequired: true, price: { amount: "29.0" } },
      pickup,
    ]);
    expect((await optionsFor(api, draftId, "5003")).map(({ title }) => title)).toEqual(["Hjem", "Torget"]);
  });

  test("is the contract's after the commit, and the next order goes that way at its price", async () => {
    const f = subscribed();
    const { api, contract, shop } = f;
    Object.assign(shop, NEIGHBOURS);
    const address = structuredClone(contract.shippingAddress);
    const send = async (input: string) => {
      const draftId = await open(api, contract);
      const payload = await mutate(
        api,
        "subscriptionDraftUpdate",
        `draftId: "${draftId}", ${input}`,
        `draft { ${METHOD} }`,
      );
      expect(codesOf(payload)).toEqual([]);
      expect(codesOf(await commit(api, draftId))).toEqual([]);
      const { data } = await api.call(`{ subscriptionContract(id: "${contractGid(contract)}") { ${METHOD} } }`);
      expect(data?.["subscriptionContract"]).toEqual(payload["draft"]);
      return data?.["subscriptionContract"];
    };
    const bud = { __typename: "SubscriptionDeliveryMethodLocalDelivery", address: { zip: address?.zip } };
    expect(await send(broughtTo(`{ title: "Bud", phone: "+4791234567", instructions: "Ring på" }`))).toEqual({
      deliveryMethod: { ...bud, localDeliveryOption: { title: "Bud", phone: "+4791234567", instructions: "Ring på" } },
    });
    // Partial input: what is not named stays.
    expect(await send(`input: { deliveryMethod: { localDelivery: { address: { zip: "0156" } } } }`)).toMatchObject({
      deliveryMethod: { address: { zip: "0156" }, localDeliveryOption: { phone: "+4791234567" } },
    });
    expect(await send(pickedUpAt("gid://shopify/Location/501"))).toEqual({
      deliveryMethod: {
        __typename: "SubscriptionDeliveryMethodPickup",
        pickupOption: { title: "Torget", location: { id: "gid://shopify/Location/501" } },
      },
    });
    expect(bill(f, contract, 1)).toMatchObject({ shippingTitle: "Torget", shipping: "0.00", shippingAddress: null });
    expect(await send(shippedTo(`address1: "Storgata 1", zip: "0155", city: "Oslo", countryCode: NO`))).toMatchObject({
      deliveryMethod: { __typename: "SubscriptionDeliveryMethodShipping", address: { zip: "0155" } },
    });
  });

  test("is missing when what was picked up is to be shipped to no address", async () => {
    const { api, contract, shop } = subscribed();
    Object.assign(shop, NEIGHBOURS);
    const draftId = await open(api, contract);
    await mutate(
      api,
      "subscriptionDraftUpdate",
      `draftId: "${draftId}", ${pickedUpAt("gid://shopify/Location/501")}`,
      "draft { id }",
    );
    await mutate(
      api,
      "subscriptionDraftUpdate",
      `draftId: "${draftId}", input: { deliveryMethod: { shipping: { shippingOption: { title: "Hjem" } } } }`,
      "draft { id }",
    );
    expect(codesOf(await commit(api, draftId))).toEqual(["DELIVERY_METHOD_REQUIRED"]);
  });
});

describe("a new contract", () => {
  const input = (customer: string, currency = "NOK"): string => `input: {
    customerId: "${customer}", currencyCode: ${currency}, nextBillingDate: "2026-04-01T00:00:00Z",
    contract: { status: ACTIVE, billingPolicy: { interval: MONTH, intervalCount: 1 }, deliveryPolicy: { interval: MONTH, intervalCount: 1 },
      deliveryPrice: "49.00", deliveryMethod: { shipping: { address: { firstName: "Kari", lastName: "Nordmann", address1: "Storgata 1", zip: "0155", city: "Oslo", countryCode: NO } } } }`;

  test("is made at once with its lines and their discounts", async () => {
    const f = subscribed();
    const { api, customer, variant, shop } = f;
    shop.outbox = [];
    const made = await mutate(
      api,
      "subscriptionContractAtomicCreate",
      `${input(gid("Customer", customer.id))}, lines: [{ line: { productVariantId: "${gid("ProductVariant", variant.id)}", quantity: 1, currentPrice: "200.00" }, discounts: [{ value: { percentage: 25 } }] }] }`,
      "contract { id status lines(first: 1) { nodes { lineDiscountedPrice { amount } } } app { apiKey } }",
    );
    expect(made).toMatchObject({
      contract: {
        status: "ACTIVE",
        lines: { nodes: [{ lineDiscountedPrice: { amount: "150.0" } }] },
        app: { apiKey: APP },
      },
    });
    expect(topics(f)).toEqual(["subscription_contracts/create"]);
  });

  test("assumed: its first cycle lasts an interval, whatever nextBillingDate says; with the switch on it ends then", async () => {
    const ends = async (endsThen: boolean) => {
      const f = subscribed();
      f.world.settings.assumptions.nextBillingDateEndsTheFirstCycle = endsThen;
      const made = await mutate(
        f.api,
        "subscriptionContractAtomicCreate",
        `${input(gid("Customer", f.customer.id))}, lines: [{ line: { productVariantId: "${gid("ProductVariant", f.variant.id)}", quantity: 1, currentPrice: "200.00" } }] }`,
        "contract { id createdAt nextBillingDate }",
      );
      const { id, createdAt, nextBillingDate } = made["contract"] as Record<string, string>;
      const contract = f.shop.contracts[id?.split("/").at(-1) ?? ""];
      if (!contract) throw new Error("No contract was made.");
      return { createdAt, nextBillingDate, cycles: cyclesByIndex(f.world, f.shop, contract, 1, 2) };
    };
    const usual = await ends(false);
    expect(usual.cycles[0]?.cycleEndAt).not.toBe(usual.nextBillingDate);
    const seen = await ends(true);
    expect(seen.cycles).toMatchObject([
      { cycleStartAt: seen.createdAt, cycleEndAt: seen.nextBillingDate },
      { cycleIndex: 2 },
    ]);
  });

  test.each([
    ["gid://shopify/Customer/1", "NOK", "CUSTOMER_DOES_NOT_EXIST"],
    [null, "SEK", "CURRENCY_NOT_ENABLED"],
  ])("for customer %s in %s is refused with %s", async (customer, currency, code) => {
    const f = subscribed();
    const id = customer ?? gid("Customer", f.customer.id);
    expect(
      codesOf(await mutate(f.api, "subscriptionContractCreate", `${input(id, currency)} }`, "draft { id }")),
    ).toEqual([code]);
  });
});
