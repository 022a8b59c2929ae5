import { randomBytes } from "node:crypto";
import type { Router } from "express";
import { z } from "zod";
import {
  completeCheckout,
  createCustomer,
  mergeCustomers,
  paymentMethodsOf,
  planNativeRetries,
  redactCustomer,
  replacePaymentMethod,
  requestCustomerData,
  revokePaymentMethod,
  setCardOutcomes,
  updateCustomer,
  updatePaymentMethod,
} from "../domain";
import type { Address, Customer, Shop } from "../world";
import { storefrontOrigin, type Hosts } from "./context";
import { anyId, customerOf, plainId, read, reply, shopOf } from "./control-input";
import { HttpRefusal } from "./express-tools";

/** What customers do, and what the merchant does to them: cards, logging in, other names, merging, being forgotten. */
export function customers(router: Router, hosts: Hosts): void {
  const { devShop } = hosts;
  reply(router, hosts, "/customers/:id/card", (request, shop) => {
    const customer = customerOf(shop, request);
    const { outcome } = read(z.strictObject({ outcome: z.union([z.string(), z.array(z.string()).min(1)]) }), request);
    try {
      setCardOutcomes(customer, typeof outcome === "string" ? [outcome] : outcome);
    } catch (error) {
      throw new HttpRefusal(400, error instanceof Error ? error.message : String(error));
    }
    return { cardOutcomes: customer.cardOutcomes };
  });
  reply(router, hosts, "/customers/:id/payment-method", (request, shop) => {
    const customer = customerOf(shop, request);
    const card = z.union([
      z.literal(true),
      z.strictObject({
        brand: z.string().optional(),
        lastDigits: z.string().optional(),
        expiryMonth: z.number().int().optional(),
        expiryYear: z.number().int().optional(),
      }),
    ]);
    const body = read(
      z.strictObject({
        update: card.optional(),
        replace: card.optional(),
        revoke: z.boolean().optional(),
        nativeRetry: z.boolean().optional(),
      }),
      request,
    );
    const { nativeRetry, ...change } = body;
    const changesNothing = change.update === undefined && change.replace === undefined && change.revoke === undefined;
    // Shopify retries because a card was updated, so that is what it means when nothing else is said.
    changePaymentMethod(hosts, shop, customer, nativeRetry && changesNothing ? { update: true } : change);
    const retries = nativeRetry ? { nativeRetries: planNativeRetries(devShop.world, shop, customer) } : {};
    const methods = paymentMethodsOf(shop, customer.id).map(({ id, revokedAt }) => ({ id, revokedAt }));
    return { paymentMethods: methods, ...retries };
  });
  router.post("/customers/:id/login", (request, response) => {
    const shop = shopOf(hosts, request);
    const customer = customerOf(shop, request);
    const token = randomBytes(24).toString("base64url");
    shop.storefrontSessions[token] = { customerId: customer.id };
    devShop.changed();
    response.cookie("_dev_shop_customer", token, { httpOnly: true, sameSite: "lax" });
    response.json({ url: `${storefrontOrigin(hosts, shop)}/_login?token=${token}` });
  });
  reply(router, hosts, "/customers/:id/redact", (request, shop) => {
    redactCustomer(devShop.world, shop, customerOf(shop, request));
  });
  reply(router, hosts, "/customers/:id/data-request", (request, shop) => {
    requestCustomerData(devShop.world, shop, customerOf(shop, request));
  });
  reply(router, hosts, "/customers/:id/merge", (request, shop) => {
    const gone = customerOf(shop, request);
    const { into } = read(z.strictObject({ into: anyId }), request);
    const kept = shop.customers[plainId("Customer", into)];
    if (!kept || kept.id === gone.id) throw new HttpRefusal(404, `There is no other customer ${into}.`);
    mergeCustomers(devShop.world, shop, kept, gone);
    return { id: kept.id };
  });
  reply(router, hosts, "/customers/:id", (request, shop) => {
    const customer = customerOf(shop, request);
    const change = read(
      z.strictObject({
        email: z.email().optional(),
        firstName: z.string().optional(),
        lastName: z.string().optional(),
      }),
      request,
    );
    updateCustomer(devShop.world, shop, customer, given(change));
    const { id, email, firstName, lastName } = customer;
    return { id, email, firstName, lastName };
  });
}

/** Without what was not sent: a missing name is not an empty one. */
const given = (change: Partial<Record<"email" | "firstName" | "lastName", string | undefined>>) =>
  Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));

type CardChange =
  true | (Partial<Record<"brand" | "lastDigits", string>> & Partial<Record<"expiryMonth" | "expiryYear", number>>);

function changePaymentMethod(
  { devShop }: Hosts,
  shop: Shop,
  customer: Customer,
  change: { update?: unknown; replace?: unknown; revoke?: boolean | undefined },
): void {
  const method = paymentMethodsOf(shop, customer.id).findLast(({ revokedAt }) => revokedAt === null);
  if (!method) throw new HttpRefusal(409, "The customer has no payment method that is not revoked.");
  const cardOf = (card: unknown): Exclude<CardChange, true> =>
    typeof card === "object" && card !== null ? { ...card } : { lastDigits: "1881" };
  if (change.update !== undefined) updatePaymentMethod(devShop.world, shop, method, cardOf(change.update));
  if (change.replace !== undefined) replacePaymentMethod(devShop.world, shop, method, cardOf(change.replace));
  if (change.revoke === true) revokePaymentMethod(devShop.world, shop, method, "MANUALLY_REVOKED");
}

/** A checkout without the browser. */
export function checkout(router: Router, hosts: Hosts): void {
  const line = z.strictObject({
    variantId: anyId,
    sellingPlanId: anyId.nullish(),
    quantity: z.number().int().min(1).default(1),
  });
  const body = z.strictObject({
    customer: anyId,
    lines: z.array(line).min(1),
    discountCode: z.string().optional(),
    address: z.record(z.string(), z.string()).optional(),
  });
  reply(router, hosts, "/subscribe", (request, shop) => {
    const wanted = read(body, request);
    const { world } = hosts.devShop;
    const customer = findOrMakeCustomer(hosts, shop, wanted.customer);
    const address = { ...addressFor(shop, customer), ...wanted.address };
    try {
      const { order, contracts } = completeCheckout(world, shop, {
        customerId: customer.id,
        lines: wanted.lines.map(({ variantId, sellingPlanId, quantity }) => ({
          variantId: plainId("ProductVariant", variantId),
          sellingPlanId: sellingPlanId == null ? null : plainId("SellingPlan", sellingPlanId),
          quantity,
        })),
        shippingAddress: address,
        ...(wanted.discountCode === undefined ? {} : { discountCode: wanted.discountCode }),
      });
      return { orderId: order.id, contractIds: contracts.map(({ id }) => id) };
    } catch (error) {
      throw new HttpRefusal(422, error instanceof Error ? error.message : String(error));
    }
  });
}

function findOrMakeCustomer({ devShop }: Hosts, shop: Shop, wanted: string): Customer {
  if (!wanted.includes("@")) {
    const customer = shop.customers[plainId("Customer", wanted)];
    if (!customer) throw new HttpRefusal(404, `There is no customer ${wanted}.`);
    return customer;
  }
  const email = wanted.toLowerCase();
  const known = Object.values(shop.customers).find((customer) => customer.email.toLowerCase() === email);
  if (known) return known;
  const [firstName = "", lastName = ""] = email.split("@")[0]?.split(/[._-]/) ?? [];
  return createCustomer(devShop.world, shop, {
    email,
    firstName: capital(firstName) || "Kari",
    lastName: capital(lastName) || "Nordmann",
  });
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const addressFor = (shop: Shop, customer: Customer): Address =>
  customer.defaultAddress ?? {
    firstName: customer.firstName,
    lastName: customer.lastName,
    address1: "Storgata 1",
    zip: "0155",
    city: "Oslo",
    countryCode: shop.countryCode,
  };
