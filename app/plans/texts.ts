import { createI18n, supportedLocale } from "~/lib/i18n";

/**
 * What shoppers read. The first two are written into Shopify's selling plans and seen in widget, cart, checkout and
 * order; the others are the widget's own, for the preview.
 */
const planTexts = {
  en: {
    plans: {
      sellingPlanName: "Delivery {{frequency}}",
      optionName: "Delivery frequency",
      previewOnce: "One-time purchase",
      previewSave: "Save {{percentage}}",
    },
  },
  nb: {
    plans: {
      sellingPlanName: "Levering {{frequency}}",
      optionName: "Hvor ofte",
      previewOnce: "Kjøp én gang",
      previewSave: "Spar {{percentage}}",
    },
  },
};

/** A translator of the shop's own language ("nb-NO"), for what its shoppers read. */
export const shopperTexts = (shopLocale: string) => createI18n(supportedLocale(shopLocale), planTexts).t;
