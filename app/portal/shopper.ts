import type { Shop } from "~/generated/prisma/client";
import type { Locale } from "~/lib/i18n";

/** Who is at the portal, as a signature of Shopify's (or a token of ours) has told: never as a parameter says. */
export interface Shopper {
  shop: Shop;
  /** "gid://shopify/Customer/1" */
  customerId: string;
  /** The language that everything is said in. */
  locale: Locale;
}
