import { z } from "zod";

import type { Locale } from "~/lib/i18n";

/**
 * Leaving is as easy as entering: a reason if the shopper likes to give one, at most one offer that fits it, and the way
 * out beside it all along (Forbrukertilsynet on cancelling subscriptions; California's ARL as amended by AB 2863).
 */

/** Why shoppers leave, as most of them say it; a shop may add its own. */
export const USUAL_REASONS = [
  "TOO_MUCH",
  "TOO_EXPENSIVE",
  "DONT_NEED",
  "NOT_SATISFIED",
  "DELIVERY",
  "ALTERNATIVE",
  "MOVING",
  "OTHER",
] as const;
export type UsualReason = (typeof USUAL_REASONS)[number];

/** Reasons of its own that a shop may add: more of them than the usual ones nobody reads. */
export const MOST_OWN_REASONS = 8;
const LONGEST_REASON = 80;

/** In the shop's words. The key is made once and kept, so that the figures stay together. */
export const ownReason = z.object({
  key: z.string().regex(/^own-[a-z0-9-]{1,36}$/),
  en: z.string().trim().min(1).max(LONGEST_REASON),
  nb: z.string().trim().min(1).max(LONGEST_REASON),
});
export type OwnReason = z.infer<typeof ownReason>;
export const ownReasons = z
  .array(ownReason)
  .max(MOST_OWN_REASONS)
  .refine((all) => new Set(all.map(({ key }) => key)).size === all.length);

/** A usual reason, or the key of one of the shop's own. */
export const reasonKey = z.union([z.enum(USUAL_REASONS), z.string().regex(/^own-[a-z0-9-]{1,36}$/)]);
export type Reason = z.infer<typeof reasonKey>;

/** What a shopper may be offered instead of leaving. */
export const OFFERS = ["PAUSE", "SKIP", "SLOWER", "SMALLER", "SWAP", "DISCOUNT"] as const;
export type OfferKind = (typeof OFFERS)[number];

/** Longer than this is no pause any more, and the card may have run out by its end. */
export const LONGEST_PAUSE_MONTHS = 6;
/** Above half the price the discount is the reason to stay. */
export const LARGEST_DISCOUNT = 50;
export const MOST_DISCOUNTED_ORDERS = 12;

const variantId = z.string().regex(/^gid:\/\/shopify\/ProductVariant\/\d{1,20}$/);

/** What the merchant has decided: this offer for that reason. Earlier rules come first. */
export const offerRule = z.discriminatedUnion("offer", [
  z.object({
    reason: reasonKey,
    offer: z.literal("PAUSE"),
    months: z.number().int().min(1).max(LONGEST_PAUSE_MONTHS),
  }),
  z.object({ reason: reasonKey, offer: z.literal("SKIP") }),
  z.object({ reason: reasonKey, offer: z.literal("SLOWER") }),
  z.object({ reason: reasonKey, offer: z.literal("SMALLER") }),
  z.object({ reason: reasonKey, offer: z.literal("SWAP"), variantId }),
  z.object({
    reason: reasonKey,
    offer: z.literal("DISCOUNT"),
    percent: z.number().int().min(1).max(LARGEST_DISCOUNT),
    orders: z.number().int().min(1).max(MOST_DISCOUNTED_ORDERS),
  }),
]);
export type OfferRule = z.infer<typeof offerRule>;

/** Every reason with every kind of offer twice; more is a slip. */
const MOST_RULES = (USUAL_REASONS.length + MOST_OWN_REASONS) * OFFERS.length;
export const offerRules = z.array(offerRule).max(MOST_RULES);

/**
 * What a shop offers until it says otherwise: nothing that costs it anything. Pauses come first where they fit, since
 * about half of those who pause come back, and fewer than a quarter of those who are given a discount stay
 * (research: Churnkey, 2026).
 */
export const DEFAULT_OFFERS: readonly OfferRule[] = [
  { reason: "TOO_MUCH", offer: "SLOWER" },
  { reason: "TOO_MUCH", offer: "SMALLER" },
  { reason: "TOO_MUCH", offer: "SKIP" },
  { reason: "TOO_EXPENSIVE", offer: "SMALLER" },
  { reason: "TOO_EXPENSIVE", offer: "SLOWER" },
  { reason: "DONT_NEED", offer: "PAUSE", months: 2 },
  { reason: "DELIVERY", offer: "SKIP" },
  { reason: "MOVING", offer: "PAUSE", months: 1 },
];

/** The offer as it was planned for one contract: with it, it can be carried out. Kept with the leaving. */
export const plannedOffer = z.discriminatedUnion("kind", [
  /** Until the beginning of a day of the shop's calendar. */
  z.object({ kind: z.literal("PAUSE"), until: z.iso.date() }),
  z.object({ kind: z.literal("SKIP"), cycle: z.number().int().min(1) }),
  z.object({ kind: z.literal("SLOWER"), sellingPlan: z.string().max(255) }),
  z.object({ kind: z.literal("SMALLER"), line: z.uuid(), quantity: z.number().int().min(1) }),
  z.object({ kind: z.literal("SWAP"), line: z.uuid(), variant: variantId }),
  z.object({ kind: z.literal("DISCOUNT"), percent: z.number().min(1).max(100), orders: z.number().int().min(1) }),
]);
export type PlannedOffer = z.infer<typeof plannedOffer>;

/** As it is kept with the leaving: what was planned, and how it was shown (or would have been, to those held out). */
export const keptOffer = z.object({
  planned: plannedOffer,
  shown: z.object({
    locale: z.string().max(10),
    /** The words that the shopper agrees to. */
    consent: z.string().max(2000),
    /** Of a delivery then, before tax; null where the offer changes no price. */
    amount: z.object({ amount: z.string(), currencyCode: z.string() }).nullable(),
    /** The contract's, as it was offered for. */
    revisionId: z.string(),
    receipt: z.array(z.string()),
  }),
});
export type KeptOffer = z.infer<typeof keptOffer>;

/** A reason to choose, ready to show. */
export interface ReasonChoice {
  key: Reason;
  label: string;
}

/** The one offer, ready to show. */
export interface Offer {
  kind: OfferKind;
  /** "Pause until 1 February 2027 instead?" */
  title: string;
  /** The exact effect, with amount and date. */
  text: string[];
  /** "Pause until 1 February 2027" */
  acceptLabel: string;
  /** What the shopper agrees to with this click, kept word for word. */
  consent: string;
}

/** The way out, as it stands at every step. */
export interface WayOut {
  /** "Cancel the subscription?" */
  title: string;
  /** What ends, and what is still owed or delivered. */
  effect: string[];
  /** "Cancel the subscription" */
  confirmLabel: string;
  /** "Keep it" */
  keepLabel: string;
}

/** First step: why, if the shopper likes to say. */
export interface LeavingStart {
  ok: true;
  leaving: string;
  title: string;
  lead: string;
  reasonsLabel: string;
  reasons: ReasonChoice[];
  commentLabel: string;
  /** "Continue to cancel" */
  continueLabel: string;
  way: WayOut;
}

/** Second step: at most one offer, and the way out beside it. */
export interface LeavingStep {
  ok: true;
  leaving: string;
  offer: Offer | null;
  way: WayOut;
}

/** Longest comment that is kept, in characters. */
export const LONGEST_COMMENT = 1000;

/** The label of a reason in the shopper's language, for those of the shop's own. */
export const ownLabel = (reason: OwnReason, locale: Locale): string => reason[locale];

/** The shop's rules; what can't be read is as if it had not been made. */
export function rulesOf(stored: unknown): readonly OfferRule[] {
  const read = offerRules.safeParse(stored);
  return read.success ? read.data : [];
}

export function ownReasonsOf(stored: unknown): readonly OwnReason[] {
  const read = ownReasons.safeParse(stored);
  return read.success ? read.data : [];
}
