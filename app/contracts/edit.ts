import { z } from "zod";

import type { Money } from "~/money/money";

import type { Frequency } from "./views";

/**
 * Every change that a person may ask of a contract itself. Lines are named by our ids, everything else by Shopify's.
 * Kept as JSON while it waits for a running renewal (QueuedEdit), so that it is read with care.
 */
const gid = (type: string) => z.string().regex(new RegExp(`^gid://shopify/${type}/\\d{1,20}$`));
const lineId = z.uuid();
/** As many as anybody means; more is a slip. */
export const LARGEST_QUANTITY = 99;
const quantity = z.number().int().min(1).max(LARGEST_QUANTITY);
/** Lines of one contract that we read and charge (operations/contracts.graphql). */
export const MOST_LINES = 50;
const short = z.string().max(255);

const attribute = z.object({ key: z.string().min(1).max(255), value: z.string().max(1_000) });
export type Attribute = z.infer<typeof attribute>;

const address = z.object({
  firstName: short.optional(),
  lastName: short,
  company: short.optional(),
  address1: short,
  address2: short.optional(),
  zip: short,
  city: short,
  provinceCode: short.optional(),
  /** ISO 3166-1 */
  countryCode: z.string().regex(/^[A-Z]{2}$/),
  phone: short.optional(),
});
export type EditAddress = z.infer<typeof address>;

export const contractEdit = z.discriminatedUnion("kind", [
  /** Another selling plan of the group that the lines were bought with. */
  z.object({ kind: z.literal("FREQUENCY"), sellingPlanId: gid("SellingPlan") }),
  z.object({ kind: z.literal("QUANTITY"), lineId, quantity }),
  z.object({ kind: z.literal("VARIANT"), lineId, variantId: gid("ProductVariant") }),
  /** On the selling plan of the first line that has one. */
  z.object({ kind: z.literal("ADD_LINE"), variantId: gid("ProductVariant"), quantity }),
  z.object({ kind: z.literal("REMOVE_LINE"), lineId }),
  /** All of the line's attributes: those that are not named are gone. */
  z.object({ kind: z.literal("ATTRIBUTES"), lineId, attributes: z.array(attribute).max(50) }),
  /** Of what is picked up only together with another way of delivery. */
  z.object({ kind: z.literal("ADDRESS"), address }),
  /** `code` names one of Shopify's delivery options for the address (delivery.ts, offerCode); `phone` is for local delivery. */
  z.object({ kind: z.literal("DELIVERY_METHOD"), code: z.string().min(1).max(300), phone: short.optional() }),
  z.object({ kind: z.literal("DISCOUNT_CODE"), code: short.min(1) }),
  /** "gid://shopify/SubscriptionManualDiscount/…" */
  z.object({ kind: z.literal("REMOVE_DISCOUNT"), discountId: short.min(1) }),
  /** Off all lines, for so many orders; null for all that come. */
  z.object({
    kind: z.literal("DISCOUNT"),
    /** Shopify takes whole percents. */
    percent: z.number().int().min(1).max(100),
    orders: z.number().int().min(1).nullable(),
    title: short.min(1),
  }),
]);
export type ContractEdit = z.infer<typeof contractEdit>;

/** Kept and sent as a whole. */
export const contractEdits = z.array(contractEdit).min(1).max(MOST_LINES);

/** The contract's end, which may wait as changes do. */
const ending = z.tuple([z.object({ kind: z.literal("CANCEL") })]);
type Ending = z.infer<typeof ending>;
export const ENDING: Ending = [{ kind: "CANCEL" }];

/** What may wait for a running renewal (QueuedEdit). */
export const queuedWish = z.union([ending, contractEdits]);
export type QueuedWish = z.infer<typeof queuedWish>;

export const isEnding = (wish: QueuedWish): wish is Ending => wish[0]?.kind === "CANCEL";

/** A line as an edit would leave it. Prices are per unit, before the contract's discounts. */
export interface QuotedLine {
  /** Ours; null for one that is added. */
  id: string | null;
  productId: string | null;
  variantId: string | null;
  title: string;
  variantTitle: string | null;
  imageUrl: string | null;
  quantity: number;
  price: Money;
  sellingPlanId: string | null;
  sellingPlanName: string | null;
  attributes: Attribute[];
}

/** What the contract is, or would be. */
export interface Terms {
  lines: QuotedLine[];
  frequency: Frequency;
  delivery: Frequency;
  deliveryPrice: Money;
  deliveryMethodTitle: string | null;
  /** What the next order takes: lines less the contract's discounts, and delivery, before tax. */
  amount: Money;
  /** ISO 8601: as expected; Shopify's word comes after the change. */
  nextBillingAt: string | null;
}
