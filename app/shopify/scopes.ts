/** The access scopes this app asks for, in the order of shopify.app.toml; docs/access-scopes.md says why each. */
export const requiredScopes = [
  "write_products",
  "write_own_subscription_contracts",
  "write_customers",
  "read_customer_payment_methods",
  "read_orders",
  "read_all_orders",
  "read_locations",
  "write_app_proxy",
] as const;

/**
 * The required scopes that a shop has not granted yet. `write_x` holds `read_x`, as in Shopify.
 * @param granted comma list as Shopify gives it, "write_products,read_orders"
 */
export function missingScopes(granted: string): string[] {
  const has = new Set(
    granted
      .split(",")
      .map((scope) => scope.trim())
      .filter(Boolean),
  );
  return requiredScopes.filter((scope) => !has.has(scope) && !has.has(scope.replace(/^read_/, "write_")));
}
