/** What every target of customer accounts has; see the types of each target for the rest. */
// eslint-disable-next-line @typescript-eslint/consistent-type-imports -- an import would make this file a module, whose globals yield to the package's poorer ones
declare const shopify: import("@shopify/ui-extensions/customer-account.page.render").Api;
