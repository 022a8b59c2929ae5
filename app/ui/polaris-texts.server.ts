import nb from "@shopify/polaris/locales/nb.json";

import type { Locale } from "~/lib/i18n";

/** Polaris's own texts ("Dismiss notification", "Clear"): Norwegian is sent along, English is in its script already. */
export const polarisTexts = (locale: Locale): typeof nb | undefined => (locale === "nb" ? nb : undefined);
