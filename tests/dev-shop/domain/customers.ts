import { nextId, type Customer, type PaymentMethod, type Shop, type World } from "../world";
import { kindOfError } from "./attempt-errors";
import { touch } from "./contracts";
import { isTerminated, type UserError } from "./cycle-edits";
import { emit, nextToken } from "./emit";
import { contractsOf, forgetIndexes, ordersOfCustomer } from "./indexes";
import { holds } from "./rules";
import { ms, nowOf } from "./time";
import {
  contractPayload,
  customerDataRequestPayload,
  customerDeletePayload,
  customerMergePayload,
  customerPayload,
  customerRedactPayload,
  paymentMethodPayload,
} from "./webhook-payloads";

/** Adds a customer; their card works until told otherwise. */
export function createCustomer(
  world: World,
  shop: Shop,
  fields: Pick<Customer, "email" | "firstName" | "lastName"> &
    Partial<Pick<Customer, "phone" | "locale" | "defaultAddress" | "cardOutcomes">>,
): Customer {
  const customer: Customer = {
    id: nextId(world),
    locale: shop.locale,
    cardOutcomes: ["success"],
    ...fields,
    createdAt: nowOf(world),
  };
  shop.customers[customer.id] = customer;
  return customer;
}

/**
 * How the customer's next charges end, used up one by one; the last stays. Each is "success", "challenge" or an error
 * code of the schema; anything else throws.
 */
export function setCardOutcomes(customer: Customer, outcomes: readonly string[]): void {
  const last = outcomes.at(-1);
  if (last === undefined) throw new Error("At least one outcome is needed.");
  const unknown = outcomes.find((code) => code !== "success" && code !== "challenge" && !kindOfError(code));
  if (unknown !== undefined) throw new Error(`${unknown} is no outcome of a card.`);
  customer.cardOutcomes = [...outcomes];
}

/** A card that the customer vaults. Ids of payment methods are tokens, not numbers, as Shopify's are. */
export function createPaymentMethod(
  world: World,
  shop: Shop,
  customer: Customer,
  card: Partial<Pick<PaymentMethod, "brand" | "lastDigits" | "expiryMonth" | "expiryYear">> = {},
): PaymentMethod {
  const method: PaymentMethod = {
    id: nextToken(world, shop),
    customerId: customer.id,
    brand: "visa",
    lastDigits: "4242",
    expiryMonth: 12,
    expiryYear: new Date(ms(world.now)).getUTCFullYear() + 4,
    name: `${customer.firstName} ${customer.lastName}`.trim(),
    revokedAt: null,
    revokedReason: null,
    createdAt: nowOf(world),
    ...card,
  };
  shop.paymentMethods[method.id] = method;
  emit(world, shop, "customer_payment_methods/create", paymentMethodPayload(method));
  return method;
}

/** The customer puts new card details in the place of the old; the id stays. */
export function updatePaymentMethod(
  world: World,
  shop: Shop,
  method: PaymentMethod,
  card: Partial<Pick<PaymentMethod, "brand" | "lastDigits" | "expiryMonth" | "expiryYear">>,
): void {
  Object.assign(method, card);
  emit(world, shop, "customer_payment_methods/update", paymentMethodPayload(method));
}

/** The customer's contracts move to a new card; the old one is revoked as MERGED (documented reason). */
export function replacePaymentMethod(
  world: World,
  shop: Shop,
  old: PaymentMethod,
  card: Partial<Pick<PaymentMethod, "brand" | "lastDigits" | "expiryMonth" | "expiryYear">>,
): PaymentMethod | null {
  const customer = shop.customers[old.customerId];
  if (!customer) return null;
  const method = createPaymentMethod(world, shop, customer, card);
  for (const contract of contractsOf(shop, customer.id)) {
    if (contract.paymentMethodId !== old.id || isTerminated(contract)) continue;
    contract.paymentMethodId = method.id;
    touch(world, contract, true);
    emit(world, shop, "subscription_contracts/update", contractPayload(contract));
  }
  revokePaymentMethod(world, shop, old, "MERGED");
  return method;
}

export function revokePaymentMethod(world: World, shop: Shop, method: PaymentMethod, reason: string): void {
  if (method.revokedAt !== null) return;
  method.revokedAt = nowOf(world);
  method.revokedReason = reason;
  emit(world, shop, "customer_payment_methods/revoke", paymentMethodPayload(method));
}

export const paymentMethodsOf = (shop: Shop, customerId: string): PaymentMethod[] =>
  Object.values(shop.paymentMethods).filter((method) => method.customerId === customerId);

export function updateCustomer(
  world: World,
  shop: Shop,
  customer: Customer,
  change: Partial<Pick<Customer, "email" | "firstName" | "lastName" | "phone" | "locale" | "defaultAddress">>,
): void {
  Object.assign(customer, change);
  emit(world, shop, "customers/update", customerPayload(shop, customer, nowOf(world)));
}

/** The merchant asks Shopify to forget a customer: the app is told with the data it must look up, then Shopify forgets. */
export function redactCustomer(world: World, shop: Shop, customer: Customer): void {
  emit(world, shop, "customers/redact", customerRedactPayload(shop, customer));
  if (holds(world, "redactionRevokesPaymentMethods")) {
    for (const method of paymentMethodsOf(shop, customer.id))
      revokePaymentMethod(world, shop, method, "CUSTOMER_REDACTED");
  }
  customer.email = "";
  customer.firstName = "";
  customer.lastName = "";
  delete customer.phone;
  delete customer.defaultAddress;
  customer.redacted = true;
  for (const contract of contractsOf(shop, customer.id)) contract.shippingAddress = null;
  for (const order of ordersOfCustomer(shop, customer.id)) order.shippingAddress = null;
}

export const requestCustomerData = (world: World, shop: Shop, customer: Customer): void =>
  emit(world, shop, "customers/data_request", customerDataRequestPayload(shop, customer, nextId(world)));

/** Everything of one customer becomes another's, who stays. */
export function mergeCustomers(world: World, shop: Shop, kept: Customer, gone: Customer): void {
  for (const contract of contractsOf(shop, gone.id)) contract.customerId = kept.id;
  for (const order of ordersOfCustomer(shop, gone.id)) order.customerId = kept.id;
  for (const method of paymentMethodsOf(shop, gone.id)) method.customerId = kept.id;
  delete shop.customers[gone.id];
  forgetIndexes(shop);
  emit(world, shop, "customers/merge", customerMergePayload(kept, gone));
}

/** Deletes a customer who has no orders (documented: others can't be deleted). */
export function deleteCustomer(world: World, shop: Shop, customer: Customer): UserError | null {
  if (ordersOfCustomer(shop, customer.id).length > 0) {
    return { field: ["id"], message: "Customer can't be deleted because they have associated orders", code: null };
  }
  delete shop.customers[customer.id];
  emit(world, shop, "customers/delete", customerDeletePayload(customer));
  return null;
}
