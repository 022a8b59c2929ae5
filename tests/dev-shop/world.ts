/**
 * Everything the stand-in Shopify knows, as plain JSON-able records: what is kept on disk between runs, snapshotted
 * and restored is exactly this. Money is a decimal string in the shop's currency; instants are ISO 8601 in UTC.
 * Ids are Shopify's numeric ids as strings; `gid()` makes the global form the API speaks.
 */

export type Instant = string;
export type Decimal = string;

export interface World {
  /** Virtual time. It stands still between moves; tokens and signatures use real time, as Shopify's libraries do. */
  now: Instant;
  /** Last id handed out, for all shops and types. */
  lastId: number;
  shops: Record<string, Shop>;
  settings: Settings;
}

export interface Settings {
  /** Real milliseconds that a query / a mutation takes (aliased mutations run one after another). */
  queryMs: number;
  mutationMs: number;
  /** Virtual minutes an attempt stays Pending. */
  attemptPendingMinutes: number;
  /** Attempts at once and attempts a minute that one shop is allowed; absent: as RULES.attemptsHaveTheirOwnThrottle says. */
  attemptBurst?: number;
  attemptsPerMinute?: number;
  /** Faults that are played on purpose; absent or null: none. */
  faults?: Faults | null;
  /** Virtual minutes until a bulk operation's result is ready; absent: two. */
  bulkOperationMinutes?: number;
  /** Switches for rules marked *assumed*: name → on. Each is declared beside the rule it switches. */
  assumptions: Record<string, boolean>;
}

/** Probabilities from 0 to 1; what happens is decided by the seed, so that the same calls meet the same faults. */
export interface Faults {
  seed: number;
  /** Names of GraphQL operations (or of their root fields) that meet faults; absent: all. */
  operations?: string[];
  /** THROTTLED although the bucket holds enough: nothing is done. */
  throttle: number;
  /** 502, and nothing is done. */
  failBefore: number;
  /** It is done, and then 502. */
  failAfter: number;
  /** It is done, and then the connection is cut without an answer. */
  timeout: number;
  /** A query is answered from what was a few virtual minutes before. */
  staleRead: number;
  /** An attempt is refused with PROCESSING_FAILED, done or not (RULES.processingFailedMayHaveBeenDone). */
  processingFailed: number;
  webhookDrop: number;
  webhookDuplicate: number;
  /** Sent virtual minutes late, at most so many. */
  webhookDelay: number;
  webhookDelayMinutes: number;
  /** Held back until what happened after it has been sent. */
  webhookReorder: number;
  /** How often each operation and topic has met the dice. */
  drawn: Record<string, number>;
}

/** The stand-in's own themes: `classic` announces things as themes did until 2026, `standard` by standard events. */
export type ThemeName = "classic" | "standard";

export type Plan = "standard" | "advanced" | "plus" | "enterprise";

export interface Shop {
  /** Handle: "kaffebonna" → kaffebonna.myshopify.com. */
  name: string;
  id: string;
  title: string;
  email: string;
  currency: string;
  timeZone: string;
  locale: string;
  countryCode: string;
  plan: Plan;
  /** Frozen: the merchant has not paid (402); locked: Shopify has closed the shop (423). */
  status: "active" | "frozen" | "locked" | "uninstalled";
  /** When the app was last uninstalled: 48 h later its contracts are cancelled and its selling plans deleted. */
  uninstalledAt?: Instant | null;
  /** Scopes the shop has granted to the app; null while the app is not installed. */
  grantedScopes: string[] | null;
  /** 0 none, 1 protected customer data without name, address, e-mail, phone; 2 all of it. */
  protectedCustomerData: 0 | 1 | 2;
  /** "0.15" in Norway for food. */
  taxRate: Decimal;
  /** False: tax comes on top of prices, as in the United States. Absent: prices include it. */
  taxesIncluded?: boolean;
  shippingRates: ShippingRate[];
  /** Where orders may be picked up; absent: nowhere. */
  pickupLocations?: PickupLocation[];
  /** What the shop brings to its neighbours itself; absent: nothing. */
  localDelivery?: LocalDelivery;
  /** Absent in worlds that were kept before there were any. */
  discountCodes?: DiscountCode[];
  products: Record<string, Product>;
  variants: Record<string, Variant>;
  customers: Record<string, Customer>;
  paymentMethods: Record<string, PaymentMethod>;
  sellingPlanGroups: Record<string, SellingPlanGroup>;
  sellingPlans: Record<string, SellingPlan>;
  contracts: Record<string, Contract>;
  attempts: Record<string, Attempt>;
  orders: Record<string, Order>;
  /** How many orders have been deleted, so that no order's name is given twice. */
  deletedOrders?: number;
  /** Retries that Shopify makes by itself after a card update. */
  nativeRetries?: { contractId: string; at: Instant }[];
  /** Absent in worlds that were kept before there were any; domain/drafts.ts and domain/bulk-operations.ts know. */
  drafts?: Record<string, Draft>;
  bulkOperations?: Record<string, BulkOperation>;
  /** Domain events waiting to become webhook deliveries; the sender (hosts/webhooks.ts) drains it. */
  outbox: OutboxEvent[];
  webhooks: WebhookDelivery[];
  calls: ApiCall[];
  mail: Mail[];
  tokens: AccessToken[];
  bucket: { available: number; at: number };
  /** Countries with a currency of their own in the online store: its rate to the shop's. Absent: none. */
  markets?: Record<string, { currency: string; rate: number }>;
  /** Which customer accounts the storefront leads to; absent: classic (a part of it). */
  accounts?: "classic" | "new";
  /** The online store's theme; absent: classic. */
  theme?: ThemeName;
  /** What the merchant has changed in the theme editor: settings by the id of a block or an app embed. */
  blockSettings?: Record<string, Record<string, unknown>>;
  /** Storefront cookies → customer; carts by token. */
  storefrontSessions: Record<string, { customerId: string }>;
  carts: Record<string, Cart>;
}

export interface ShippingRate {
  title: string;
  price: Decimal;
  /** Order subtotal from which the rate costs nothing. */
  freeFrom?: Decimal;
  /** Where it is offered; absent: everywhere. */
  countries?: string[];
}

/** A code that shoppers type in, as the merchant has made it in Shopify's admin. */
export interface DiscountCode {
  code: string;
  value: ContractDiscount["value"];
  /** Absent: LINE_ITEM. */
  target?: ContractDiscount["target"];
  startsAt?: Instant;
  endsAt?: Instant;
  /** "Purchase type": subscriptions, one-time purchases, or both. */
  appliesOnSubscription: boolean;
  /** Orders of a subscription that it is good for; absent: all. */
  recurringCycleLimit?: number;
  usageLimit?: number;
  oncePerCustomer?: boolean;
  /** Absent: everybody, every product. */
  customerIds?: string[];
  productIds?: string[];
  minimumSubtotal?: Decimal;
  minimumQuantity?: number;
  /** Who has used it, once for each use. */
  usedBy: string[];
}

export interface Product {
  id: string;
  handle: string;
  title: string;
  descriptionHtml: string;
  vendor: string;
  productType: string;
  image?: { url: string; altText: string };
  options: { name: string; values: string[] }[];
  variantIds: string[];
  requiresSellingPlan: boolean;
  createdAt: Instant;
}

export interface Variant {
  id: string;
  productId: string;
  title: string;
  sku: string;
  price: Decimal;
  /** null: stock is not tracked. */
  inventory: number | null;
  inventoryPolicy: "DENY" | "CONTINUE";
  optionValues: string[];
  requiresShipping: boolean;
  /** What the unit price is reckoned from; absent: none is shown. */
  unitPriceMeasurement?: { quantityValue: number; quantityUnit: Unit; referenceValue: number; referenceUnit: Unit };
}

export type Unit = "g" | "kg" | "ml" | "l";

export interface Address {
  firstName: string;
  lastName: string;
  company?: string;
  address1: string;
  address2?: string;
  zip: string;
  city: string;
  provinceCode?: string;
  countryCode: string;
  phone?: string;
}

export interface Customer {
  id: string;
  email: string;
  firstName: string;
  lastName: string;
  phone?: string;
  locale: string;
  defaultAddress?: Address;
  createdAt: Instant;
  redacted?: boolean;
  /** Outcomes of the customer's next charges, used up one by one; the last stays. "success", "challenge" or an error code of the schema. */
  cardOutcomes: string[];
}

export interface PaymentMethod {
  id: string;
  customerId: string;
  brand: string;
  lastDigits: string;
  expiryMonth: number;
  expiryYear: number;
  name: string;
  revokedAt: Instant | null;
  revokedReason: string | null;
  createdAt: Instant;
}

export type Interval = "DAY" | "WEEK" | "MONTH" | "YEAR";

export interface Anchor {
  type: "WEEKDAY" | "MONTHDAY" | "YEARDAY";
  day: number;
  month?: number | null;
  cutoffDay?: number | null;
}

export interface RecurringPolicy {
  interval: Interval;
  intervalCount: number;
  anchors: Anchor[];
}

export interface SellingPlanGroup {
  id: string;
  /** The app that owns it: the client id of shopify.app.toml, or another app's. */
  appId: string | null;
  /** What the API calls `appId`: free text that the owning app keeps for itself. */
  appReference?: string | null;
  name: string;
  merchantCode: string;
  description: string | null;
  position: number | null;
  options: string[];
  sellingPlanIds: string[];
  productIds: string[];
  variantIds: string[];
  createdAt: Instant;
}

export interface PricingPolicy {
  kind: "FIXED" | "RECURRING";
  adjustmentType: "PERCENTAGE" | "FIXED_AMOUNT" | "PRICE";
  /** Percent for PERCENTAGE, shop currency otherwise. */
  adjustmentValue: Decimal;
  /** RECURRING only: applies after this many cycles. */
  afterCycle?: number;
}

export interface SellingPlan {
  id: string;
  groupId: string;
  name: string;
  description: string | null;
  category: string | null;
  options: string[];
  position: number | null;
  billingPolicy: RecurringPolicy & { minCycles: number | null; maxCycles: number | null };
  deliveryPolicy: RecurringPolicy & {
    cutoff: number | null;
    intent: string;
    preAnchorBehavior: string;
  };
  pricingPolicies: PricingPolicy[];
  inventoryReserve: "ON_SALE" | "ON_FULFILLMENT";
  createdAt: Instant;
}

export interface PickupLocation {
  id: string;
  name: string;
  address1: string;
  zip: string;
  city: string;
  countryCode: string;
  /** "Usually ready in 24 hours" */
  pickupTime: string;
  /** Absent: it costs nothing. */
  price?: Decimal;
}

export interface LocalDelivery {
  title: string;
  description?: string;
  price: Decimal;
  /** Order subtotal from which it costs nothing. */
  freeFrom?: Decimal;
  countryCode: string;
  zips: string[];
  phoneRequired: boolean;
}

export type ContractStatus = "ACTIVE" | "PAUSED" | "CANCELLED" | "EXPIRED" | "FAILED";

export interface Contract {
  id: string;
  /** The app that owns it (own_subscription_contracts). */
  appId: string | null;
  status: ContractStatus;
  customerId: string;
  paymentMethodId: string | null;
  currency: string;
  lines: ContractLine[];
  billingPolicy: RecurringPolicy & { minCycles: number | null; maxCycles: number | null };
  deliveryPolicy: RecurringPolicy;
  deliveryPrice: Decimal;
  shippingTitle: string | null;
  shippingAddress: Address | null;
  /** How it comes when it is not shipped, with `shippingTitle` as its title; else it is shipped, if anything is. */
  deliveryMethod?: LocalDeliveryMethod | PickupMethod | null;
  originOrderId: string | null;
  note: string | null;
  /** Metadata only: not managed by Shopify, does not move cycles. */
  nextBillingDate: Instant | null;
  revisionId: string;
  lastPaymentStatus: "SUCCEEDED" | "FAILED" | null;
  lastBillingAttemptErrorType: string | null;
  createdAt: Instant;
  updatedAt: Instant;
  terminatedAt: Instant | null;
  /** Cycle index → what differs from the reckoned cycle. A cycle without an entry is UNBILLED, unskipped, unedited. */
  cycleEdits: Record<string, CycleEdit>;
  /** The shop's zone when the contract was made; only used with the assumption "cyclesFollowTheShopsZone" off. */
  createdTimeZone?: string;
  /** Ends of the cycles that were reckoned by earlier billing policies: a change of policy counts from the last. */
  earlierEnds?: Instant[];
  discounts?: ContractDiscount[];
  customAttributes?: CustomAttribute[];
}

export interface LocalDeliveryMethod {
  kind: "localDelivery";
  code: string | null;
  description: string | null;
  /** E.164, or empty. */
  phone: string;
  instructions: string | null;
}

export interface PickupMethod {
  kind: "pickup";
  code: string | null;
  description: string | null;
  locationId: string;
}

export interface CustomAttribute {
  key: string;
  value: string;
}

export interface ContractDiscount {
  id: string;
  title: string | null;
  target: "LINE_ITEM" | "SHIPPING_LINE";
  value: { percentage: number } | { amount: Decimal; appliesOnEachItem: boolean };
  /** Orders it is good for; null for all. */
  recurringCycleLimit: number | null;
  /** Orders it has been applied to. */
  usageCount: number;
  /** All lines, or those named. */
  all: boolean;
  lineIds: string[];
  /** It came from this code. */
  code?: string;
}

export interface CycleEdit {
  billed?: boolean;
  skipped?: boolean;
  billingAttemptExpectedDate?: Instant;
  contract?: CycleContract;
}

/** What a cycle contract edit lays over its contract, for one cycle alone. */
export interface CycleContract extends Pick<
  Contract,
  "lines" | "deliveryPrice" | "shippingTitle" | "shippingAddress" | "deliveryMethod" | "paymentMethodId" | "note"
> {
  discounts: ContractDiscount[];
  customAttributes: CustomAttribute[];
  /** Cycles of other contracts that are delivered with this one. */
  concatenated: CycleRef[];
  createdAt: Instant;
  updatedAt: Instant;
  /** Changes with each commit, so that a draft opened before it is stale. */
  revisionId: string;
}

export interface CycleRef {
  contractId: string;
  cycleIndex: number;
}

export interface Draft {
  id: string;
  /** null for a contract that is still to be made. */
  contractId: string | null;
  /** The cycle that alone is edited; null for the contract itself. */
  cycleIndex: number | null;
  /** As it was when the draft was opened; null for a new contract. */
  original: Contract | null;
  working: Contract;
  /** Revisions of the contract and of the cycle's edit that the draft builds on. */
  basedOn: string;
  /** Discount codes that were tried; one that is accepted has a discount of the same id in `working`. */
  codes: { id: string; redeemCode: string; rejectionReason?: string | null }[];
  concatenated: CycleRef[];
  committed: boolean;
  createdAt: Instant;
}

export interface BulkOperation {
  id: string;
  status: "CREATED" | "RUNNING" | "COMPLETED" | "CANCELING" | "CANCELED" | "FAILED" | "EXPIRED";
  query: string;
  errorCode: "ACCESS_DENIED" | "INTERNAL_SERVER_ERROR" | "TIMEOUT" | null;
  objectCount: number;
  rootObjectCount: number;
  createdAt: Instant;
  completedAt: Instant | null;
  /** When its state changes by itself next. */
  movesAt: Instant | null;
  /** JSONL, dropped when the operation expires; part of the address, so that nobody guesses it. */
  result: string | null;
  resultToken: string;
}

export interface ContractLine {
  id: string;
  productId: string;
  variantId: string;
  title: string;
  variantTitle: string | null;
  sku: string | null;
  quantity: number;
  /** Per unit, after the selling plan's discount. */
  currentPrice: Decimal;
  /** Per unit, before it. */
  basePrice: Decimal;
  sellingPlanId: string | null;
  sellingPlanName: string | null;
  requiresShipping: boolean;
  taxable: boolean;
  pricingPolicies: PricingPolicy[];
  customAttributes?: CustomAttribute[];
  /** The contract from which a concatenation brought the line. */
  concatenatedFrom?: string;
}

export interface Attempt {
  id: string;
  contractId: string;
  /** null for the checkout's own attempt, which belongs to no cycle. */
  cycleIndex: number | null;
  idempotencyKey: string;
  state: "Pending" | "ActionRequired" | "Failed" | "Success";
  errorCode: string | null;
  errorMessage: string | null;
  nextActionUrl: string | null;
  orderId: string | null;
  origin: "app" | "checkout" | "foreign" | "native";
  originTime: Instant;
  createdAt: Instant;
  /** When a Pending attempt is decided. */
  resolvesAt: Instant | null;
  /** Bill although a variant that may not be oversold is short (inventoryPolicy ALLOW_OVERSELLING). */
  allowOverselling?: boolean;
  /** What the order will be made of, fixed when the attempt was made (RULES.orderFollowsContractAtAttempt). */
  terms?: OrderTerms;
  /** The variants that were short when it failed with INSUFFICIENT_INVENTORY. */
  shortVariantIds?: string[];
  /** When the shopper opened the page of the payment challenge. */
  challengeOpenedAt?: Instant;
  /** Made by a bulk charge: the contract's list shows it and the cycle's does not (RULES.attemptListsDiffer). */
  unlistedInCycle?: boolean;
  completedAt: Instant | null;
}

/** What a renewal's order takes from the contract. */
export type OrderTerms = Pick<Contract, "lines" | "deliveryPrice" | "shippingTitle" | "shippingAddress" | "discounts">;

export interface Order {
  id: string;
  /** "#1001". */
  name: string;
  customerId: string;
  contractIds: string[];
  cycleIndex: number | null;
  lines: OrderLine[];
  subtotal: Decimal;
  shipping: Decimal;
  tax: Decimal;
  /** Subtotal and shipping, and the tax when prices don't include it. */
  total: Decimal;
  /** Absent: prices include tax. */
  taxesIncluded?: boolean;
  currency: string;
  shippingAddress: Address | null;
  shippingTitle: string | null;
  source: "checkout" | "subscription_contract";
  financialStatus: "PAID" | "REFUNDED";
  fulfillmentStatus: "UNFULFILLED" | "FULFILLED";
  highRisk?: boolean;
  createdAt: Instant;
}

export interface OrderLine {
  id: string;
  productId: string;
  variantId: string;
  title: string;
  variantTitle: string | null;
  quantity: number;
  price: Decimal;
  /** Taken off the line's total by discounts; absent: nothing. */
  discount?: Decimal;
  sellingPlanId: string | null;
  sellingPlanName: string | null;
  contractId: string | null;
  customAttributes?: CustomAttribute[];
}

export interface OutboxEvent {
  eventId: string;
  topic: string;
  payload: unknown;
  at: Instant;
}

export interface WebhookDelivery {
  id: string;
  eventId: string;
  topic: string;
  payload: unknown;
  triggeredAt: Instant;
  tries: number;
  /** null while it is still to be (re)tried at nextTryAt; dropped: lost on purpose, never sent. */
  outcome: "delivered" | "failed" | "dropped" | null;
  status: number | null;
  nextTryAt: Instant | null;
  /** Of a doubled delivery: the one it repeats, whose id it carries. */
  copyOf?: string;
}

export interface ApiCall {
  id: string;
  requestId: string;
  operation: string;
  aliases: number;
  requestedCost: number;
  actualCost: number;
  outcome: string;
  at: Instant;
  durationMs: number;
}

export interface Mail {
  id: string;
  from: string;
  to: string;
  subject: string;
  text: string;
  html: string;
  locale: string | null;
  at: Instant;
}

export interface AccessToken {
  token: string;
  refreshToken: string;
  scopes: string[];
  /** Real epoch milliseconds. */
  expiresAt: number;
  refreshExpiresAt: number;
  /** A refresh token is good once. */
  refreshUsed: boolean;
  online: boolean;
}

export interface Cart {
  token: string;
  customerId: string | null;
  lines: CartLine[];
  note: string;
}

export interface CartLine {
  key: string;
  variantId: string;
  quantity: number;
  sellingPlanId: string | null;
  /** Line item properties; absent: none. */
  properties?: Record<string, string>;
}

export type GidType =
  | "Shop"
  | "Product"
  | "ProductVariant"
  | "Customer"
  | "CustomerPaymentMethod"
  | "SellingPlanGroup"
  | "SellingPlan"
  | "SubscriptionContract"
  | "SubscriptionLine"
  | "SubscriptionDraft"
  | "SubscriptionManualDiscount"
  | "SubscriptionAppliedCodeDiscount"
  | "BulkOperation"
  | "SubscriptionBillingAttempt"
  | "Order"
  | "LineItem"
  | "App"
  | "Location"
  | "MailingAddress";

export const gid = (type: GidType, id: string): string => `gid://shopify/${type}/${id}`;

/** The numeric id of a global id of the given type, or null if it is not one. */
export function idOf(type: GidType, value: string): string | null {
  const match = /^gid:\/\/shopify\/([A-Za-z]+)\/([A-Za-z0-9-]+)$/.exec(value);
  return match && match[1] === type ? (match[2] ?? null) : null;
}

export function nextId(world: World): string {
  world.lastId += 1;
  return String(world.lastId);
}

export const domainOf = (shop: Pick<Shop, "name">): string => `${shop.name}.myshopify.com`;

export function createWorld(now: Instant): World {
  return {
    now,
    lastId: 1000,
    shops: {},
    settings: { queryMs: 0, mutationMs: 0, attemptPendingMinutes: 2, assumptions: {} },
  };
}
