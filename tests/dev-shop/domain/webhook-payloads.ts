import {
  domainOf,
  gid,
  type Attempt,
  type BulkOperation,
  type Contract,
  type Customer,
  type PaymentMethod,
  type SellingPlanGroup,
  type Shop,
} from "../world";
import type { Cycle } from "./cycles";
import { ordersOfCustomer } from "./indexes";
import { summaryOf } from "./selling-plan-summary";
import { withOffset } from "./time";

/** A payment method's id is a token and not a number; every other id of this stand-in is one. */
const number = (id: string): number => Number(id);

/** An app's numeric id, made from its client id: Shopify has both, the world keeps one. */
export const appNumber = (clientId: string | null): string =>
  clientId === null ? "0" : String(Number.parseInt(clientId.slice(0, 8), 36) || 1);

export const contractPayload = (contract: Contract): Record<string, unknown> => ({
  admin_graphql_api_id: gid("SubscriptionContract", contract.id),
  id: number(contract.id),
  billing_policy: {
    interval: contract.billingPolicy.interval.toLowerCase(),
    interval_count: contract.billingPolicy.intervalCount,
    min_cycles: contract.billingPolicy.minCycles,
    max_cycles: contract.billingPolicy.maxCycles,
  },
  currency_code: contract.currency,
  customer_id: number(contract.customerId),
  admin_graphql_api_customer_id: gid("Customer", contract.customerId),
  delivery_policy: {
    interval: contract.deliveryPolicy.interval.toLowerCase(),
    interval_count: contract.deliveryPolicy.intervalCount,
  },
  status: contract.status.toLowerCase(),
  admin_graphql_api_origin_order_id: contract.originOrderId === null ? null : gid("Order", contract.originOrderId),
  origin_order_id: contract.originOrderId === null ? null : number(contract.originOrderId),
  revision_id: contract.revisionId,
});

export const attemptPayload = (attempt: Attempt): Record<string, unknown> => ({
  id: number(attempt.id),
  admin_graphql_api_id: gid("SubscriptionBillingAttempt", attempt.id),
  idempotency_key: attempt.idempotencyKey,
  order_id: attempt.orderId === null ? null : number(attempt.orderId),
  admin_graphql_api_order_id: attempt.orderId === null ? null : gid("Order", attempt.orderId),
  subscription_contract_id: number(attempt.contractId),
  admin_graphql_api_subscription_contract_id: gid("SubscriptionContract", attempt.contractId),
  ready: attempt.state !== "Pending",
  error_message: attempt.errorMessage,
  error_code: attempt.errorCode?.toLowerCase() ?? null,
});

export const cyclePayload = (shop: Shop, cycle: Cycle): Record<string, unknown> => ({
  subscription_contract_id: number(cycle.contractId),
  cycle_start_at: withOffset(cycle.cycleStartAt, shop.timeZone),
  cycle_end_at: withOffset(cycle.cycleEndAt, shop.timeZone),
  cycle_index: cycle.cycleIndex,
  contract_edit: null,
  billing_attempt_expected_date: withOffset(cycle.billingAttemptExpectedDate, shop.timeZone),
  skipped: cycle.skipped,
  edited: cycle.edited,
});

export const bulkOperationPayload = (operation: BulkOperation): Record<string, unknown> => ({
  admin_graphql_api_id: gid("BulkOperation", operation.id),
  completed_at: operation.completedAt,
  created_at: operation.createdAt,
  error_code: operation.errorCode?.toLowerCase() ?? null,
  status: operation.status.toLowerCase(),
  type: "query",
});

export const paymentMethodPayload = (method: PaymentMethod): Record<string, unknown> => ({
  admin_graphql_api_id: gid("CustomerPaymentMethod", method.id),
  token: method.id,
  customer_id: number(method.customerId),
  admin_graphql_api_customer_id: gid("Customer", method.customerId),
  instrument_type: "CustomerCreditCard",
  payment_instrument: {
    last_digits: method.lastDigits,
    month: method.expiryMonth,
    year: method.expiryYear,
    name: method.name,
    brand: method.brand,
  },
  resource_type: "Subscriptions",
});

export function customerPayload(shop: Shop, customer: Customer, at: string): Record<string, unknown> {
  const address = customer.defaultAddress;
  const written = {
    id: number(customer.id),
    customer_id: number(customer.id),
    first_name: address?.firstName ?? customer.firstName,
    last_name: address?.lastName ?? customer.lastName,
    company: "",
    address1: address?.address1 ?? "",
    address2: address?.address2 ?? "",
    city: address?.city ?? "",
    province: address?.provinceCode ?? "",
    country: address?.countryCode ?? shop.countryCode,
    zip: address?.zip ?? "",
    phone: address?.phone ?? "",
    name: `${address?.firstName ?? customer.firstName} ${address?.lastName ?? customer.lastName}`.trim(),
    province_code: address?.provinceCode ?? "",
    country_code: address?.countryCode ?? shop.countryCode,
    country_name: address?.countryCode ?? shop.countryCode,
    default: true,
  };
  return {
    id: number(customer.id),
    created_at: withOffset(customer.createdAt, shop.timeZone),
    updated_at: withOffset(at, shop.timeZone),
    first_name: customer.firstName,
    last_name: customer.lastName,
    state: "disabled",
    note: "",
    verified_email: true,
    multipass_identifier: null,
    tax_exempt: false,
    email: customer.email,
    phone: customer.phone ?? null,
    currency: shop.currency,
    addresses: address ? [written] : [],
    tax_exemptions: [],
    admin_graphql_api_id: gid("Customer", customer.id),
    ...(address ? { default_address: written } : {}),
  };
}

export const customerDeletePayload = (customer: Customer): Record<string, unknown> => ({
  id: number(customer.id),
  tax_exemptions: [],
  admin_graphql_api_id: gid("Customer", customer.id),
});

export const customerMergePayload = (kept: Customer, deleted: Customer): Record<string, unknown> => ({
  admin_graphql_api_customer_kept_id: gid("Customer", kept.id),
  admin_graphql_api_customer_deleted_id: gid("Customer", deleted.id),
  admin_graphql_api_job_id: null,
  status: "completed",
  errors: [],
});

const complianceCustomer = (customer: Customer): Record<string, unknown> => ({
  id: number(customer.id),
  email: customer.email,
  phone: customer.phone ?? "",
});

export const customerRedactPayload = (shop: Shop, customer: Customer): Record<string, unknown> => ({
  shop_id: number(shop.id),
  shop_domain: domainOf(shop),
  customer: complianceCustomer(customer),
  orders_to_redact: ordersOfCustomer(shop, customer.id).map((order) => number(order.id)),
});

export const customerDataRequestPayload = (
  shop: Shop,
  customer: Customer,
  requestId: string,
): Record<string, unknown> => ({
  shop_id: number(shop.id),
  shop_domain: domainOf(shop),
  customer: complianceCustomer(customer),
  orders_requested: ordersOfCustomer(shop, customer.id).map((order) => number(order.id)),
  data_request: { id: number(requestId) },
});

export const shopRedactPayload = (shop: Shop): Record<string, unknown> => ({
  shop_id: number(shop.id),
  shop_domain: domainOf(shop),
});

export const scopesPayload = (
  shop: Shop,
  previous: string[],
  current: string[],
  at: string,
): Record<string, unknown> => ({
  id: number(shop.id),
  shop_id: gid("Shop", shop.id),
  previous,
  current,
  updated_at: at,
});

export function sellingPlanGroupPayload(shop: Shop, group: SellingPlanGroup): Record<string, unknown> {
  return {
    admin_graphql_api_id: gid("SellingPlanGroup", group.id),
    id: number(group.id),
    name: group.name,
    merchant_code: group.merchantCode,
    admin_graphql_api_app: gid("App", appNumber(group.appId)),
    app_id: group.appReference ?? number(appNumber(group.appId)),
    description: group.description,
    options: group.options,
    position: group.position,
    summary: summaryOf(shop, group),
    selling_plans: group.sellingPlanIds.flatMap((id) => {
      const plan = shop.sellingPlans[id];
      if (!plan) return [];
      return [
        {
          name: plan.name,
          options: plan.options,
          position: plan.position,
          description: plan.description,
          billing_policy: {
            interval: plan.billingPolicy.interval.toLowerCase(),
            interval_count: plan.billingPolicy.intervalCount,
            min_cycles: plan.billingPolicy.minCycles,
            max_cycles: plan.billingPolicy.maxCycles,
          },
          delivery_policy: {
            interval: plan.deliveryPolicy.interval.toLowerCase(),
            interval_count: plan.deliveryPolicy.intervalCount,
            anchors: plan.deliveryPolicy.anchors.map((anchor) => ({ ...anchor, type: anchor.type.toLowerCase() })),
            cutoff: plan.deliveryPolicy.cutoff,
            pre_anchor_behavior: plan.deliveryPolicy.preAnchorBehavior.toLowerCase(),
          },
          pricing_policies: plan.pricingPolicies.map((policy) => ({
            adjustment_type: policy.adjustmentType.toLowerCase(),
            adjustment_value: policy.adjustmentValue,
            after_cycle: policy.afterCycle ?? 0,
          })),
        },
      ];
    }),
    product_variants: group.variantIds.map((id) => ({ id: number(id), title: shop.variants[id]?.title ?? "" })),
    products: group.productIds.map((id) => ({
      id: number(id),
      title: shop.products[id]?.title ?? "",
      storefront_graphql_api_id: gid("Product", id),
    })),
  };
}

const PLAN_NAMES = {
  standard: ["Basic", "basic"],
  advanced: ["Advanced", "unlimited"],
  plus: ["Shopify Plus", "shopify_plus"],
  enterprise: ["Commerce Components", "enterprise"],
} as const;

export const planName = (shop: Shop): string => PLAN_NAMES[shop.plan][0];

export function shopPayload(shop: Shop, at: string): Record<string, unknown> {
  return {
    id: number(shop.id),
    name: shop.title,
    email: shop.email,
    domain: domainOf(shop),
    province: "",
    country: shop.countryCode,
    address1: "",
    zip: "",
    city: "",
    source: null,
    phone: "",
    latitude: null,
    longitude: null,
    primary_locale: shop.locale,
    address2: null,
    created_at: null,
    updated_at: at,
    country_code: shop.countryCode,
    country_name: shop.countryCode,
    currency: shop.currency,
    customer_email: shop.email,
    timezone: shop.timeZone,
    iana_timezone: shop.timeZone,
    shop_owner: shop.title,
    money_format: "{{amount}}",
    money_with_currency_format: `{{amount}} ${shop.currency}`,
    weight_unit: "kg",
    province_code: "",
    taxes_included: shop.taxesIncluded ?? true,
    auto_configure_tax_inclusivity: null,
    tax_shipping: null,
    county_taxes: null,
    plan_display_name: PLAN_NAMES[shop.plan][0],
    plan_name: PLAN_NAMES[shop.plan][1],
    has_discounts: false,
    has_gift_cards: false,
    myshopify_domain: domainOf(shop),
    google_apps_domain: null,
    google_apps_login_enabled: null,
    money_in_emails_format: "{{amount}}",
    money_with_currency_in_emails_format: `{{amount}} ${shop.currency}`,
    eligible_for_payments: true,
    requires_extra_payments_agreement: false,
    password_enabled: false,
    has_storefront: true,
    finances: true,
    primary_location_id: 1,
    checkout_api_supported: true,
    multi_location_enabled: false,
    setup_required: false,
    pre_launch_enabled: false,
    enabled_presentment_currencies: [shop.currency],
    marketing_sms_consent_enabled_at_checkout: false,
    transactional_sms_disabled: false,
  };
}
