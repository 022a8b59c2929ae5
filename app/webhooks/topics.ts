import { z } from "zod";

import type { RereadKind } from "~/generated/prisma/enums";

/**
 * What each topic's payload must name, and what follows. Values in a payload are hints: what is acted upon is read again
 * from Shopify. Ids alone are taken from it.
 */
export type Followed =
  | { do: "REREAD"; kind: RereadKind; shopifyId: string }
  /** A contract's own news: not read again if the mirror has that revision and status already. */
  | { do: "REREAD_CONTRACT_IF_NEWER"; shopifyId: string; revisionId: string | null; status: string | null }
  | { do: "REREAD_CONTRACTS_OF_CUSTOMER"; customerId: string }
  | { do: "REREAD_SHOP" }
  | { do: "UNINSTALLED" }
  | { do: "SCOPES"; scopes: string[] }
  | { do: "DATA_REQUEST"; customerId: string }
  | { do: "REDACT_CUSTOMER"; customerId: string }
  | { do: "REDACT_SHOP" };

/** Of this very type: asked about another one, Shopify refuses the whole question, and with it what others have marked. */
const idOf = (type: string) => z.string().regex(new RegExp(`^gid://shopify/${type}/[A-Za-z0-9_-]{1,100}$`));
const number = z.union([z.number().int().positive(), z.string().regex(/^\d{1,20}$/)]);

const contract = z.object({
  admin_graphql_api_id: idOf("SubscriptionContract"),
  revision_id: z.unknown(),
  status: z.unknown(),
});
const attempt = z.object({ admin_graphql_api_id: idOf("SubscriptionBillingAttempt") });
const cycle = z.object({ subscription_contract_id: number });
const method = z.object({ admin_graphql_api_id: idOf("CustomerPaymentMethod") });
const customer = z.object({ admin_graphql_api_id: idOf("Customer") });
const merge = z.object({
  admin_graphql_api_customer_kept_id: idOf("Customer"),
  admin_graphql_api_customer_deleted_id: idOf("Customer"),
});
const scopes = z.object({ current: z.array(z.string().regex(/^\w{1,100}$/)).max(200) });
const compliance = z.object({ customer: z.object({ id: number }) });
const anything = z.object({});

const topic =
  <Shape extends z.ZodType>(shape: Shape, follow: (payload: z.infer<Shape>) => Followed[]) =>
  (payload: unknown): Followed[] | null => {
    const parsed = shape.safeParse(payload);
    return parsed.success ? follow(parsed.data) : null;
  };

const contractChanged = topic(contract, (payload) => [
  {
    do: "REREAD_CONTRACT_IF_NEWER",
    shopifyId: payload.admin_graphql_api_id,
    revisionId: payload.revision_id === undefined ? null : String(payload.revision_id),
    status: typeof payload.status === "string" ? payload.status.toUpperCase() : null,
  },
]);
const attemptEnded = topic(attempt, (payload) => [
  { do: "REREAD", kind: "ATTEMPT", shopifyId: payload.admin_graphql_api_id },
]);
const cycleChanged = topic(cycle, (payload) => [
  {
    do: "REREAD",
    kind: "CONTRACT",
    shopifyId: `gid://shopify/SubscriptionContract/${payload.subscription_contract_id}`,
  },
]);
const methodChanged = topic(method, (payload) => [
  { do: "REREAD", kind: "PAYMENT_METHOD", shopifyId: payload.admin_graphql_api_id },
]);
const customerId = (id: number | string): string => `gid://shopify/Customer/${id}`;

/** Every topic of shopify.app.toml; null from one of them: the payload doesn't name what it must. */
export const topics: Readonly<Record<string, (payload: unknown) => Followed[] | null>> = {
  "app/uninstalled": topic(anything, () => [{ do: "UNINSTALLED" }]),
  "app/scopes_update": topic(scopes, ({ current }) => [{ do: "SCOPES", scopes: current }]),
  "shop/update": topic(anything, () => [{ do: "REREAD_SHOP" }]),
  "customers/update": topic(customer, (payload) => [
    { do: "REREAD", kind: "CUSTOMER", shopifyId: payload.admin_graphql_api_id },
  ]),
  "customers/delete": topic(customer, (payload) => [
    { do: "REREAD_CONTRACTS_OF_CUSTOMER", customerId: payload.admin_graphql_api_id },
  ]),
  "customers/merge": topic(merge, (payload) => [
    { do: "REREAD", kind: "CUSTOMER", shopifyId: payload.admin_graphql_api_customer_kept_id },
    { do: "REREAD_CONTRACTS_OF_CUSTOMER", customerId: payload.admin_graphql_api_customer_deleted_id },
  ]),
  "customer_payment_methods/create": methodChanged,
  "customer_payment_methods/update": methodChanged,
  "customer_payment_methods/revoke": methodChanged,
  "subscription_contracts/create": contractChanged,
  "subscription_contracts/update": contractChanged,
  "subscription_contracts/activate": contractChanged,
  "subscription_contracts/pause": contractChanged,
  "subscription_contracts/cancel": contractChanged,
  "subscription_contracts/expire": contractChanged,
  "subscription_contracts/fail": contractChanged,
  "subscription_billing_attempts/success": attemptEnded,
  "subscription_billing_attempts/failure": attemptEnded,
  "subscription_billing_attempts/challenged": attemptEnded,
  "subscription_billing_cycles/skip": cycleChanged,
  "subscription_billing_cycles/unskip": cycleChanged,
  "subscription_billing_cycle_edits/create": cycleChanged,
  "subscription_billing_cycle_edits/update": cycleChanged,
  "subscription_billing_cycle_edits/delete": cycleChanged,
  "customers/data_request": topic(compliance, (payload) => [
    { do: "DATA_REQUEST", customerId: customerId(payload.customer.id) },
  ]),
  "customers/redact": topic(compliance, (payload) => [
    { do: "REDACT_CUSTOMER", customerId: customerId(payload.customer.id) },
  ]),
  "shop/redact": topic(anything, () => [{ do: "REDACT_SHOP" }]),
};

/** "SUBSCRIPTION_CONTRACTS_CREATE" and "subscription_contracts/create" are the same topic. */
export function followersOf(name: string): ((payload: unknown) => Followed[] | null) | null {
  const own = Object.hasOwn(topics, name) ? topics[name] : undefined;
  return own ?? BY_ENUM.get(name) ?? null;
}

const BY_ENUM = new Map(
  Object.entries(topics).map(([name, follow]) => [name.toUpperCase().replaceAll("/", "_"), follow]),
);
