import type { Api } from "@shopify/ui-extensions/customer-account.page.render";

declare global {
  /** What every target of customer accounts has; see the types of each target for the rest. */
  const shopify: Api;
}
