import type { IntervalUnit } from "~/lib/format";

/** How often a subscriber gets, and pays for, a delivery. Identity of a selling plan within its group. */
export interface Frequency {
  interval: IntervalUnit;
  /** Whole number from 1. */
  intervalCount: number;
}

/** What the merchant fills in: one selling plan group of Shopify's. */
export interface PlanInput {
  /** Seen by the merchant and, in the widget and the cart, by the shopper. */
  name: string;
  frequencies: Frequency[];
  /** Off the product's price, 0–100, the same for every frequency. */
  discountPercentage: number;
  /** "gid://shopify/Product/1" */
  productIds: string[];
}

/** Shopify's limit: selling plans of one group. */
export const MAX_FREQUENCIES = 31;
/** Shopify cuts longer names in cart and checkout; its own limit is 255. */
export const MAX_NAME_LENGTH = 100;
/** Products of one plan that the form can hold; who has more attaches them on the products' own pages. */
export const MAX_PRODUCTS = 1000;
/** Longest interval of each unit that Shopify's cycles stay sensible with: three years. */
export const MAX_INTERVAL_COUNT: Record<IntervalUnit, number> = { DAY: 365, WEEK: 156, MONTH: 36, YEAR: 3 };

export const intervals = ["DAY", "WEEK", "MONTH", "YEAR"] as const satisfies readonly IntervalUnit[];

/** A field of the plan form: "name", "discountPercentage", "products", "frequencies", "frequencies.0". */
export type PlanField = "name" | "discountPercentage" | "products" | "frequencies" | `frequencies.${number}` | "form";

export type PlanProblemCode =
  | "NAME_BLANK"
  | "NAME_TOO_LONG"
  | "NAME_TAKEN"
  | "FREQUENCIES_NONE"
  | "FREQUENCIES_TOO_MANY"
  | "FREQUENCY_NOT_WHOLE"
  | "FREQUENCY_TOO_LONG"
  | "FREQUENCY_TWICE"
  | "DISCOUNT_NOT_A_NUMBER"
  | "DISCOUNT_OUT_OF_RANGE"
  | "PRODUCTS_TOO_MANY"
  | "PRODUCTS_CHANGED"
  | "PRODUCT_GONE"
  /** A refusal of Shopify's that we have no words for: its own are shown. */
  | "SHOPIFY_SAYS";

/** What is wrong, and beside which field it is told. */
export interface PlanProblem {
  field: PlanField;
  code: PlanProblemCode;
  /** Shopify's own words; only with SHOPIFY_SAYS. */
  message?: string;
}

/** "2 WEEK": equal for equal frequencies. */
export const frequencyKey = ({ interval, intervalCount }: Frequency): string => `${intervalCount} ${interval}`;

/** Shortest first, as the widget lists them; months and years count as 30 and 365 days. */
export function byLength(a: Frequency, b: Frequency): number {
  const days: Record<IntervalUnit, number> = { DAY: 1, WEEK: 7, MONTH: 30, YEAR: 365 };
  return days[a.interval] * a.intervalCount - days[b.interval] * b.intervalCount;
}

/** "123" of "gid://shopify/SellingPlanGroup/123", for our addresses. */
export const numericId = (gid: string): string => gid.slice(gid.lastIndexOf("/") + 1);

/** The global id of a selling plan group, or null if the text is not its number. */
export const groupGid = (id: string): string | null =>
  /^\d{1,20}$/.test(id) ? `gid://shopify/SellingPlanGroup/${id}` : null;
