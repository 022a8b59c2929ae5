import { createI18n, supportedLocale } from "~/lib/i18n";

/** What is written into Shopify's selling plans: shoppers read it in widget, cart, checkout and order. */
const planTexts = {
  en: { plans: { sellingPlanName: "Delivery {{frequency}}", optionName: "Delivery frequency" } },
  nb: { plans: { sellingPlanName: "Levering {{frequency}}", optionName: "Hvor ofte" } },
};

/** A translator of the shop's own language ("nb-NO"), for what its shoppers read. */
export const shopperTexts = (shopLocale: string) => createI18n(supportedLocale(shopLocale), planTexts).t;
