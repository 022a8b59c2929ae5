import { describe, expect, test } from "vitest";

import { aContract, aShop, type Fixture } from "../../domain/fixture";
import { createCustomer } from "../../domain";
import { gid, type Contract } from "../../world";
import { askCustomerApi } from "./index";

/** The customer's own acts at Shopify, behind the app's back: same rules and webhooks as everybody else's. */

const bought = (): { fixture: Fixture; contract: Contract; id: string } => {
  const fixture = aShop();
  const contract = aContract(fixture, "WEEK", 2);
  fixture.shop.outbox.length = 0;
  return { fixture, contract, id: gid("SubscriptionContract", contract.id) };
};

const ask = async (
  { world, shop, customer }: Fixture,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<{ data?: Record<string, unknown> | null; errors?: readonly { message: string }[] }> => {
  const { data, errors } = await askCustomerApi({ world, shop, customer }, { query, variables });
  return { ...(data === undefined ? {} : { data: JSON.parse(JSON.stringify(data)) }), ...(errors ? { errors } : {}) };
};

const topics = ({ shop }: Fixture): string[] => shop.outbox.map(({ topic }) => topic);

describe("reading", () => {
  test("shows the customer's own contracts with lines, price and the next cycles", async () => {
    const { fixture, id } = bought();
    const { data, errors } = await ask(
      fixture,
      `{ customer { id displayName subscriptionContracts(first: 5) { nodes {
          id status deliveryPrice { amount currencyCode } billingPolicy { interval intervalCount { count } }
          lines(first: 5) { nodes { title quantity currentPrice { amount } } }
          upcomingBillingCycles(first: 2) { nodes { cycleIndex skipped status } }
        } } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data).toMatchObject({
      customer: {
        displayName: "Kari Nordmann",
        subscriptionContracts: {
          nodes: [
            {
              id,
              status: "ACTIVE",
              deliveryPrice: { amount: "49.0", currencyCode: "NOK" },
              billingPolicy: { interval: "WEEK", intervalCount: { count: 2 } },
              lines: { nodes: [{ title: "Etiopia", quantity: 1, currentPrice: { amount: "180.0" } }] },
              upcomingBillingCycles: {
                nodes: [
                  { cycleIndex: 1, skipped: false, status: "UNBILLED" },
                  { cycleIndex: 2, skipped: false, status: "UNBILLED" },
                ],
              },
            },
          ],
        },
      },
    });
  });

  test("does not know other people's contracts", async () => {
    const { fixture, id } = bought();
    const { world, shop } = fixture;
    const other = createCustomer(world, shop, { email: "ola@example.com", firstName: "Ola", lastName: "Nordmann" });
    const theirs = { ...fixture, customer: other };
    const query = `query($id: ID!) { customer { subscriptionContract(id: $id) { id } } }`;
    expect((await ask(theirs, query, { id })).data).toEqual({ customer: { subscriptionContract: null } });
    const pause = `mutation($id: ID!) { subscriptionContractPause(subscriptionContractId: $id) { contract { id } userErrors { code } } }`;
    expect((await ask(theirs, pause, { id })).data).toEqual({
      subscriptionContractPause: { contract: null, userErrors: [{ code: "SUBSCRIPTION_CONTRACT_DOES_NOT_EXIST" }] },
    });
    expect(topics(fixture)).toEqual([]);
  });

  test("says what it does not serve, by name", async () => {
    const { fixture } = bought();
    const { errors } = await ask(fixture, `{ customer { storeCreditAccounts(first: 1) { nodes { id } } } }`);
    expect(errors?.[0]?.message).toContain("NOT_SERVED: Customer.storeCreditAccounts");
  });

  test("refuses what Shopify's schema does not have", async () => {
    const { fixture } = bought();
    const { errors } = await ask(fixture, `{ customer { paymentMethods(first: 1) { nodes { id } } } }`);
    expect(errors?.[0]?.message).toContain('Cannot query field "paymentMethods"');
  });
});

describe("acting", () => {
  test.each([
    ["subscriptionContractPause", "PAUSED", "subscription_contracts/pause"],
    ["subscriptionContractCancel", "CANCELLED", "subscription_contracts/cancel"],
  ])("%s takes effect and the app is told by webhook", async (mutation, status, topic) => {
    const { fixture, id } = bought();
    const query = `mutation($id: ID!) { ${mutation}(subscriptionContractId: $id) { contract { status } userErrors { code } } }`;
    expect((await ask(fixture, query, { id })).data).toEqual({ [mutation]: { contract: { status }, userErrors: [] } });
    expect(topics(fixture)).toContain(topic);
  });

  test("a cancelled contract is not made active again", async () => {
    const { fixture, contract, id } = bought();
    contract.status = "CANCELLED";
    const query = `mutation($id: ID!) { subscriptionContractActivate(subscriptionContractId: $id) { contract { id } userErrors { code } } }`;
    expect((await ask(fixture, query, { id })).data).toEqual({
      subscriptionContractActivate: { contract: null, userErrors: [{ code: "INVALID" }] },
    });
  });

  test("skips a cycle and takes the skip back", async () => {
    const { fixture, id } = bought();
    const call = (name: string) =>
      ask(
        fixture,
        `mutation($input: SubscriptionBillingCycleInput!) { ${name}(billingCycleInput: $input) { billingCycle { cycleIndex skipped } userErrors { code } } }`,
        { input: { contractId: id, selector: { index: 2 } } },
      );
    expect((await call("subscriptionBillingCycleSkip")).data).toEqual({
      subscriptionBillingCycleSkip: { billingCycle: { cycleIndex: 2, skipped: true }, userErrors: [] },
    });
    expect((await call("subscriptionBillingCycleUnskip")).data).toEqual({
      subscriptionBillingCycleUnskip: { billingCycle: { cycleIndex: 2, skipped: false }, userErrors: [] },
    });
    expect(topics(fixture)).toEqual(["subscription_billing_cycles/skip", "subscription_billing_cycles/unskip"]);
  });

  test("takes a new address with the options that were fetched for it, and with no others", async () => {
    const { fixture, contract, id } = bought();
    const address = { address1: "Bakkegata 2", city: "Bergen", zip: "5003", territoryCode: "NO" };
    const fetched = await ask(
      fixture,
      `mutation($id: ID!, $address: CustomerAddressInput) {
         subscriptionContractFetchDeliveryOptions(subscriptionContractId: $id, address: $address) {
           deliveryOptionsResult { ... on SubscriptionDeliveryOptionsResultSuccess { token deliveryOptions { ... on SubscriptionShippingOption { title } } } }
         } }`,
      { id, address },
    );
    const result = fetched.data?.["subscriptionContractFetchDeliveryOptions"] as {
      deliveryOptionsResult: { token: string; deliveryOptions: { title: string }[] };
    };
    expect(result.deliveryOptionsResult.deliveryOptions).toEqual([{ title: "Hjem" }]);
    const select = (shippingAddress: object) =>
      ask(
        fixture,
        `mutation($id: ID!, $token: String!, $method: SubscriptionDeliveryMethodInput!) {
           subscriptionContractSelectDeliveryMethod(subscriptionContractId: $id, subscriptionDeliveryOptionsResultToken: $token, deliveryMethodInput: $method) {
             contract { id } userErrors { code } } }`,
        { id, token: result.deliveryOptionsResult.token, method: { shipping: { shippingAddress } } },
      );
    expect((await select({ ...address, city: "Voss" })).data).toMatchObject({
      subscriptionContractSelectDeliveryMethod: { contract: null, userErrors: [{ code: "INVALID" }] },
    });
    expect(contract.shippingAddress?.city).toBe("Oslo");
    expect((await select(address)).data).toMatchObject({
      subscriptionContractSelectDeliveryMethod: { contract: { id }, userErrors: [] },
    });
    expect(contract.shippingAddress).toMatchObject({ address1: "Bakkegata 2", city: "Bergen", lastName: "Nordmann" });
    expect(topics(fixture)).toEqual(["subscription_contracts/update"]);
  });
});
