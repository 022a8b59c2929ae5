import { z } from "zod";

import { portalAction } from "./actions";
import { DEFAULT_OFFERS } from "./leaving";
import type { PortalActionKind } from "./actions";

/** Every kind of action there is. */
export const ACTION_KINDS = portalAction.options.map((option) => option.shape.kind.value);

/** What a shop may switch off. Leaving, paying and taking back a skip or a move stay: a shopper is never locked in or out. */
export const SWITCHABLE = [
  "skip",
  "move",
  "order-now",
  "pause",
  "frequency",
  "quantity",
  "swap",
  "preferences",
  "add-line",
  "remove-line",
  "add-one-off",
  "address",
  "delivery-method",
  "discount-code",
  "restart",
] as const satisfies readonly PortalActionKind[];
export type Switchable = (typeof SWITCHABLE)[number];

/** ISO 3166-1 */
const country = z.string().regex(/^[A-Z]{2}$/);
/** More countries than there are is a slip. */
const MOST_COUNTRIES = 250;
const countries = z.array(country).max(MOST_COUNTRIES);
/** A page of text; the law's own words fit. */
const LONGEST_TEXT = 5000;

/** What a shop lets its shoppers do. `offers` and `reasons` are read by portal/leaving.ts. */
export const portalSettingsInput = z.object({
  switchedOff: z.array(z.enum(SWITCHABLE)),
  offers: z.json(),
  reasons: z.json(),
  withdrawalCountries: countries,
  cancelPageCountries: countries,
  angrerettCountries: countries,
  withdrawalTextEn: z.string().max(LONGEST_TEXT),
  withdrawalTextNb: z.string().max(LONGEST_TEXT),
});
export type PortalSettingsView = z.infer<typeof portalSettingsInput>;

/** Everything is on; the public legal pages are there for whoever needs them. */
export const DEFAULT_PORTAL_SETTINGS: PortalSettingsView = {
  switchedOff: [],
  offers: [...DEFAULT_OFFERS],
  reasons: [],
  withdrawalCountries: [],
  cancelPageCountries: [],
  angrerettCountries: [],
  withdrawalTextEn: "",
  withdrawalTextNb: "",
};

const gid = (type: string) => z.string().regex(new RegExp(`^gid://shopify/${type}/\\d{1,20}$`));
const LONGEST_NAME = 255;
const name = z.string().trim().min(1).max(LONGEST_NAME);

/** More than anybody reads in a list of things to choose from. */
export const MOST_SWAP_OPTIONS = 100;

export const swapOptionInput = z.object({
  variantId: gid("ProductVariant"),
  productId: gid("Product"),
  title: name,
  variantTitle: name.nullable(),
  imageUrl: z.url({ protocol: /^https$/ }).nullable(),
  forSwap: z.boolean(),
  forAdd: z.boolean(),
  forOneOff: z.boolean(),
});
export type SwapOptionView = z.infer<typeof swapOptionInput>;
export const swapOptionsInput = z
  .array(swapOptionInput)
  .max(MOST_SWAP_OPTIONS)
  .refine((options) => new Set(options.map(({ variantId }) => variantId)).size === options.length);

/** A form with more questions than this is no longer a preference. */
export const MOST_PREFERENCES = 20;
const MOST_OPTIONS = 30;
/** Of a line property's name; themes hide those that begin with an underscore, and so do we. */
const LONGEST_KEY = 40;
/** Of a preference's value, in characters. */
export const LONGEST_VALUE = 250;

export const linePreferenceInput = z.object({
  key: z.string().trim().min(1).max(LONGEST_KEY).regex(/^[^_]/),
  labelEn: name,
  labelNb: name,
  /** Empty: free text. */
  options: z.array(z.string().trim().min(1).max(LONGEST_VALUE)).max(MOST_OPTIONS),
  /** Null: of every line. */
  productId: gid("Product").nullable(),
});
export type LinePreferenceView = z.infer<typeof linePreferenceInput>;
export const linePreferencesInput = z
  .array(linePreferenceInput)
  .max(MOST_PREFERENCES)
  .refine((all) => new Set(all.map(({ key }) => key)).size === all.length);
