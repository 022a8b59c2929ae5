import { appNumber, planName } from "../../domain";
import { domainOf, gid, type Shop } from "../../world";
import { withImplied } from "../access";
import { as, type Context, type Fields } from "../context";
import { countryName } from "./values";

const address = (shop: Shop): Record<string, unknown> => ({
  id: `gid://shopify/ShopAddress/${shop.id}`,
  address1: null,
  address2: null,
  city: null,
  company: shop.title,
  country: countryName(shop.countryCode),
  countryCode: shop.countryCode,
  countryCodeV2: shop.countryCode,
  phone: null,
  province: null,
  provinceCode: null,
  zip: null,
  formatted: [shop.title, countryName(shop.countryCode)],
});

/** The zone's offset at the world's moment: "+01:00" and 60. */
function offset(shop: Shop, now: string): { text: string; minutes: number; name: string } {
  const part = (style: "longOffset" | "short"): string =>
    new Intl.DateTimeFormat("en", { timeZone: shop.timeZone, timeZoneName: style })
      .formatToParts(new Date(now))
      .find(({ type }) => type === "timeZoneName")?.value ?? "";
  const text = part("longOffset").replace("GMT", "") || "+00:00";
  const [hours = "0", minutes = "0"] = text.slice(1).split(":");
  const sign = text.startsWith("-") ? -1 : 1;
  return { text: text.replace(":", ""), minutes: sign * (Number(hours) * 60 + Number(minutes)), name: part("short") };
}

export const shopFields: Record<string, Fields> = {
  Shop: {
    id: (shop: Shop) => gid("Shop", shop.id),
    name: (shop: Shop) => shop.title,
    email: (shop: Shop) => shop.email,
    contactEmail: (shop: Shop) => shop.email,
    shopOwnerName: (shop: Shop) => shop.title,
    currencyCode: (shop: Shop) => shop.currency,
    enabledPresentmentCurrencies: (shop: Shop) => [
      ...new Set([shop.currency, ...Object.values(shop.markets ?? {}).map(({ currency }) => currency)]),
    ],
    ianaTimezone: (shop: Shop) => shop.timeZone,
    timezoneAbbreviation: (shop: Shop, _: object, { world }: Context) => offset(shop, world.now).name,
    timezoneOffset: (shop: Shop, _: object, { world }: Context) => offset(shop, world.now).text,
    timezoneOffsetMinutes: (shop: Shop, _: object, { world }: Context) => offset(shop, world.now).minutes,
    myshopifyDomain: (shop: Shop) => domainOf(shop),
    url: (shop: Shop) => `https://${domainOf(shop)}`,
    // The shop's own domain, which is the one address of it that browsers on this machine can open.
    primaryDomain: (shop: Shop, _: object, { devShop }: Context) => ({
      id: `gid://shopify/Domain/${shop.id}`,
      host: `${shop.name}.localhost:${devShop.config.port}`,
      url: `http://${shop.name}.localhost:${devShop.config.port}`,
      sslEnabled: false,
      localization: { alternateLocales: [], country: shop.countryCode, defaultLocale: shop.locale },
    }),
    plan: (shop: Shop) => ({
      publicDisplayName: planName(shop),
      displayName: planName(shop),
      partnerDevelopment: false,
      shopifyPlus: shop.plan === "plus" || shop.plan === "enterprise",
    }),
    shopAddress: address,
    billingAddress: address,
    countriesInShippingZones: ({ shippingRates }: Shop) => ({
      countryCodes: [...new Set(shippingRates.flatMap(({ countries }) => countries ?? []))],
      includeRestOfWorld: shippingRates.some(({ countries }) => countries === undefined),
    }),
    taxesIncluded: (shop: Shop) => shop.taxesIncluded ?? true,
    taxShipping: () => true,
    weightUnit: () => "KILOGRAMS",
    unitSystem: () => "METRIC_SYSTEM",
    setupRequired: () => false,
    checkoutApiSupported: () => true,
  },
  App: {
    id: (context: Context) => gid("App", appNumber(context.app.clientId)),
    title: ({ app }: Context) => app.name,
    handle: ({ app }: Context) => app.handle,
    apiKey: ({ app }: Context) => app.clientId,
    embedded: () => true,
    installation: (context: Context) => as("AppInstallation", { context }),
    requestedAccessScopes: ({ app }: Context) => app.scopes.map(scope),
  },
  AppInstallation: {
    id: ({ context }: { context: Context }) => `gid://shopify/AppInstallation/${context.shop.id}`,
    app: ({ context }: { context: Context }) => context,
    accessScopes: ({ context }: { context: Context }) =>
      [...withImplied(context.shop.grantedScopes ?? [])].sort().map(scope),
    launchUrl: ({ context: { shop, app } }: { context: Context }) =>
      `https://admin.shopify.com/store/${shop.name}/apps/${app.handle}`,
    activeSubscriptions: () => [],
  },
};

function scope(handle: string): Record<string, string> {
  return { handle, description: handle.replaceAll("_", " ") };
}
