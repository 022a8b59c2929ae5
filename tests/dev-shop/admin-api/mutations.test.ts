import { describe, expect, it } from "vitest";

import { nextEventAt, runDueEvents, setCardOutcomes } from "../domain";
import { aGroup, planInput } from "../domain/fixture";
import { gid } from "../world";
import { contractGid, subscribed, type Answered } from "./fixture";

describe("mutations", () => {
  it("creates, updates and attaches a plan as the admin does", async () => {
    const { api, product, variant, shop } = subscribed();
    const created = await api.call(
      `mutation ($input: SellingPlanGroupInput!, $resources: SellingPlanGroupResourceInput) {
        sellingPlanGroupCreate(input: $input, resources: $resources) {
          sellingPlanGroup { id summary productsCount { count } appliesToProduct(productId: "${gid("Product", product.id)}") }
          userErrors { field message code } } }`,
      {
        input: {
          name: "Månedlig",
          merchantCode: "m",
          options: ["Hver"],
          sellingPlansToCreate: [planInput("MONTH", 1)],
        },
        resources: { productIds: [gid("Product", product.id)] },
      },
    );
    expect(created.errors).toEqual([]);
    expect(created.data).toMatchObject({
      sellingPlanGroupCreate: {
        sellingPlanGroup: {
          summary: "1 delivery frequency, 10% discount",
          productsCount: { count: 1 },
          appliesToProduct: true,
        },
        userErrors: [],
      },
    });
    const group = Object.values(shop.sellingPlanGroups).find(({ name }) => name === "Månedlig");
    const id = gid("SellingPlanGroup", group?.id ?? "");
    const joined = await api.call(
      `mutation { productVariantJoinSellingPlanGroups(id: "${gid("ProductVariant", variant.id)}", sellingPlanGroupIds: ["${id}"]) {
        productVariant { sellingPlanGroups(first: 5) { nodes { name } } } userErrors { code } } }`,
    );
    expect(joined.errors).toEqual([]);
    expect(group?.variantIds).toEqual([variant.id]);
    const updated = await api.call(
      `mutation ($id: ID!, $input: SellingPlanGroupInput!) { sellingPlanGroupUpdate(id: $id, input: $input) {
        deletedSellingPlanIds sellingPlanGroup { sellingPlans(first: 5) { nodes { name } } } userErrors { code field } } }`,
      {
        id,
        input: {
          sellingPlansToDelete: [gid("SellingPlan", group?.sellingPlanIds[0] ?? "")],
          sellingPlansToCreate: [planInput("YEAR", 1)],
        },
      },
    );
    expect(updated.data).toMatchObject({
      sellingPlanGroupUpdate: { sellingPlanGroup: { sellingPlans: { nodes: [{ name: "1 YEAR" }] } }, userErrors: [] },
    });
    const gone = await api.call(
      `mutation { sellingPlanGroupDelete(id: "${id}") { deletedSellingPlanGroupId userErrors { code } } }`,
    );
    expect(gone.data).toMatchObject({ sellingPlanGroupDelete: { deletedSellingPlanGroupId: id, userErrors: [] } });
  });

  it("schedule edit, attempt and status changes answer with Shopify's user errors", async () => {
    const { api, contract, world, shop, customer } = subscribed();
    const id = contractGid(contract);
    const edited = await api.call(
      `mutation ($target: SubscriptionBillingCycleInput!, $input: SubscriptionBillingCycleScheduleEditInput!) {
        subscriptionBillingCycleScheduleEdit(billingCycleInput: $target, input: $input) {
          billingCycle { billingAttemptExpectedDate edited } userErrors { code field } } }`,
      {
        target: { contractId: id, selector: { index: 1 } },
        input: { billingDate: "2026-03-04T10:00:00+01:00", reason: "BUYER_INITIATED" },
      },
    );
    expect(edited.data).toMatchObject({
      subscriptionBillingCycleScheduleEdit: {
        billingCycle: { billingAttemptExpectedDate: "2026-03-04T09:00:00Z", edited: true },
      },
    });
    setCardOutcomes(customer, ["INSUFFICIENT_FUNDS"]);
    world.now = "2026-03-04T09:00:00Z";
    const attempt = await api.call(
      `mutation { subscriptionBillingAttemptCreate(subscriptionContractId: "${id}", subscriptionBillingAttemptInput: { idempotencyKey: "k", billingCycleSelector: { index: 1 } }) {
        subscriptionBillingAttempt { id state { ... on SubscriptionBillingAttemptPendingState { processing } } } userErrors { code } } }`,
    );
    expect(attempt.data).toMatchObject({
      subscriptionBillingAttemptCreate: { subscriptionBillingAttempt: { state: { processing: true } }, userErrors: [] },
    });
    world.now = nextEventAt(world) ?? "";
    runDueEvents(world);
    const attemptId = Object.keys(shop.attempts).at(-1) ?? "";
    const failed = await api.call(
      `{ subscriptionBillingAttempt(id: "${gid("SubscriptionBillingAttempt", attemptId)}") { state {
        ... on SubscriptionBillingAttemptFailedState { error { __typename ... on SubscriptionBillingAttemptPaymentError { code } } } } } }`,
    );
    expect(failed.data).toMatchObject({
      subscriptionBillingAttempt: {
        state: { error: { __typename: "SubscriptionBillingAttemptPaymentError", code: "INSUFFICIENT_FUNDS" } },
      },
    });
    await api.call(`mutation { subscriptionContractCancel(subscriptionContractId: "${id}") { contract { id } } }`);
    const late = await api.call(
      `mutation { subscriptionContractActivate(subscriptionContractId: "${id}") { contract { id } userErrors { code } } }`,
    );
    expect(late.data).toEqual({
      subscriptionContractActivate: { contract: null, userErrors: [{ code: "CONTRACT_TERMINATED" }] },
    });
    expect(shop.calls.at(-1)?.outcome).toBe("USER_ERRORS");
  });

  it("documented: an attempt on a contract that is not the app's, or on none, is refused as a user error and makes nothing", async () => {
    const { api, contract, shop } = subscribed();
    const before = Object.keys(shop.attempts).length;
    const code = async (id: string): Promise<unknown> =>
      (
        await api.call(
          `mutation { subscriptionBillingAttemptCreate(subscriptionContractId: "${id}", subscriptionBillingAttemptInput: { idempotencyKey: "k", billingCycleSelector: { index: 1 } }) {
            subscriptionBillingAttempt { id } userErrors { code } } }`,
        )
      ).data;
    const refused = {
      subscriptionBillingAttemptCreate: {
        subscriptionBillingAttempt: null,
        userErrors: [{ code: "CONTRACT_NOT_FOUND" }],
      },
    };
    expect(await code(gid("SubscriptionContract", "1"))).toEqual(refused);
    contract.appId = "another app's";
    expect(await code(contractGid(contract))).toEqual(refused);
    expect(Object.keys(shop.attempts)).toHaveLength(before);
  });

  it("documented: attempts have a throttle of their own, told as a user error; the assumed number can be switched off", async () => {
    const { api, contract, world, shop } = subscribed();
    shop.plan = "enterprise";
    world.now = "2026-03-08T09:00:00Z";
    const query = `mutation ($key: String!) { subscriptionBillingAttemptCreate(subscriptionContractId: "${contractGid(contract)}", subscriptionBillingAttemptInput: { idempotencyKey: $key }) { userErrors { code } } }`;
    let throttled: Answered["data"] = null;
    for (let index = 0; index < 3000 && !throttled; index += 1) {
      const { data } = await api.call(query, { key: "same" });
      if (JSON.stringify(data).includes("THROTTLED")) throttled = data;
    }
    expect(throttled).not.toBeNull();
    world.settings.assumptions.attemptsHaveTheirOwnThrottle = false;
    expect(JSON.stringify((await api.call(query, { key: "same" })).data)).not.toContain("THROTTLED");
  });

  it("the throttle's burst and rate can be set; it fills in virtual time too, and a refused attempt does not exist", async () => {
    const { api, contract, world, shop } = subscribed();
    Object.assign(world.settings, { attemptsPerMinute: 6, attemptBurst: 2 });
    world.now = "2026-03-08T09:00:00Z";
    const attempt = async (key: string): Promise<boolean> => {
      const { data } = await api.call(
        `mutation ($key: String!) { subscriptionBillingAttemptCreate(subscriptionContractId: "${contractGid(contract)}", subscriptionBillingAttemptInput: { idempotencyKey: $key }) { subscriptionBillingAttempt { id } userErrors { code } } }`,
        { key },
      );
      return JSON.stringify(data).includes("THROTTLED");
    };
    expect([await attempt("a"), await attempt("b"), await attempt("c")]).toEqual([false, false, true]);
    world.now = "2026-03-08T09:00:11Z";
    expect([await attempt("c"), await attempt("d")]).toEqual([false, true]);
    expect(
      Object.values(shop.attempts)
        .map(({ idempotencyKey }) => idempotencyKey)
        .slice(1),
    ).toEqual(["a", "b", "c"]);
  });

  it("the card update e-mail goes to the shopper in their language", async () => {
    const { api, contract, shop } = subscribed();
    const id = gid("CustomerPaymentMethod", contract.paymentMethodId ?? "");
    const { errors } = await api.call(
      `mutation { customerPaymentMethodSendUpdateEmail(customerPaymentMethodId: "${id}") { customer { id } userErrors { message } } }`,
    );
    expect(errors).toEqual([]);
    expect(shop.mail).toMatchObject([
      { to: "kari@example.com", locale: "nb", subject: "Oppdater betalingskortet ditt" },
    ]);
    expect(shop.mail[0]?.text).toContain(
      `https://kaffebonna.myshopify.com/account/payment-methods/${contract.paymentMethodId}/update`,
    );
  });

  it("a group of another app can't be changed", async () => {
    const f = subscribed();
    const group = aGroup(f, planInput("YEAR", 1));
    group.appId = "another-app";
    const { data } = await f.api.call(
      `mutation { sellingPlanGroupDelete(id: "${gid("SellingPlanGroup", group.id)}") { deletedSellingPlanGroupId userErrors { code } } }`,
    );
    expect(data).toEqual({
      sellingPlanGroupDelete: { deletedSellingPlanGroupId: null, userErrors: [{ code: "GROUP_DOES_NOT_EXIST" }] },
    });
  });
});
