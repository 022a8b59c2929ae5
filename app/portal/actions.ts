import { z } from "zod";

/**
 * What a shopper may ask for, the same in both homes of the portal (customer accounts and the app proxy). An action says
 * what is wanted, never what it costs or when it takes effect: `preview` tells that before, `perform` carries it out.
 */

const cycle = z.number().int().min(1).max(1_000_000);
/** Ours. */
const id = z.uuid();
const variant = z.string().regex(/^gid:\/\/shopify\/ProductVariant\/\d{1,20}$/);
/** A day of the shop's calendar, "2026-12-24". */
const day = z.iso.date();
/** As many as anybody means; more is a slip. */
export const LARGEST_QUANTITY = 99;
const quantity = z.number().int().min(1).max(LARGEST_QUANTITY);
const text = (longest: number) => z.string().trim().max(longest);

export const address = z.object({
  firstName: text(100),
  lastName: text(100).min(1),
  company: text(100).optional(),
  address1: text(200).min(1),
  address2: text(200).optional(),
  zip: text(20),
  city: text(100).min(1),
  provinceCode: text(10).optional(),
  /** ISO 3166-1 */
  countryCode: z.string().regex(/^[A-Z]{2}$/),
  phone: text(30).optional(),
});
export type AddressInput = z.infer<typeof address>;

export const portalAction = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("skip"), cycle }),
  z.object({ kind: z.literal("unskip"), cycle }),
  z.object({ kind: z.literal("move"), cycle, day }),
  /** Takes back a move that went beyond its cycle; only a receipt knows which. */
  z.object({ kind: z.literal("move-back"), move: id }),
  z.object({ kind: z.literal("order-now") }),
  /** Without a day until the shopper resumes. */
  z.object({ kind: z.literal("pause"), until: day.nullable() }),
  z.object({ kind: z.literal("resume") }),
  /** One of the selling plans of the line's group. */
  z.object({ kind: z.literal("frequency"), sellingPlan: z.string().regex(/^gid:\/\/shopify\/SellingPlan\/\d{1,20}$/) }),
  z.object({ kind: z.literal("quantity"), line: id, quantity }),
  /** To another variant of the product, or to a product of the merchant's swap list. */
  z.object({ kind: z.literal("swap"), line: id, variant }),
  /** Values by the key of the merchant's preference; an empty one clears it. */
  z.object({ kind: z.literal("preferences"), line: id, values: z.record(text(40), text(250)) }),
  z.object({ kind: z.literal("add-line"), variant, quantity }),
  z.object({ kind: z.literal("remove-line"), line: id }),
  z.object({ kind: z.literal("add-one-off"), variant, quantity }),
  z.object({ kind: z.literal("remove-one-off"), oneOff: id }),
  z.object({ kind: z.literal("address"), address }),
  /**
   * `code` of one of the ways that are offered; local delivery wants a phone number. With an address it goes there, which
   * is how an undo brings back what was delivered before it was picked up.
   */
  z.object({
    kind: z.literal("delivery-method"),
    code: text(300).min(1),
    address: address.optional(),
    phone: text(30).optional(),
  }),
  z.object({ kind: z.literal("discount-code"), code: text(255).min(1) }),
  z.object({ kind: z.literal("remove-discount"), discount: text(255).min(1) }),
  /** Shopify sends its secure mail; nobody else ever sees a card. */
  z.object({ kind: z.literal("payment-method") }),
  /** A failed payment is tried again now. */
  z.object({ kind: z.literal("retry-payment") }),
  /** Of an ended subscription, as a new one, on the terms that the preview shows. */
  z.object({ kind: z.literal("restart"), consent: z.literal(true) }),
  /** The offer that was shown while leaving (leaving.ts). */
  z.object({ kind: z.literal("accept-offer"), leaving: id }),
  z.object({ kind: z.literal("cancel"), leaving: id.nullable() }),
]);

export type PortalAction = z.infer<typeof portalAction>;
export type PortalActionKind = PortalAction["kind"];

/** Everything a shopper reads comes as finished sentences in their language, so that both homes say the same. */
export interface Preview {
  ok: true;
  action: PortalAction;
  /** "Skip the delivery on 1 December 2026?" */
  title: string;
  /** The exact effect, one sentence each; amounts are before tax and say so. */
  effect: string[];
  /** "Skip 1 December 2026" */
  confirmLabel: string;
  /** What the shopper saw; `perform` refuses when the subscription has changed since (STALE). */
  seen: string;
  /** What the shopper agrees to with this click, where a new agreement is made; kept word for word (Consent). */
  consent: string | null;
}

export interface Receipt {
  ok: true;
  title: string;
  /** What was done, and what happens next and when. */
  text: string[];
  /** ISO 8601 */
  at: string;
  /** Queued behind the renewal that is being charged. */
  queued: boolean;
  /** Takes back what was done, where that is possible. */
  undo: { label: string; action: PortalAction } | null;
}

/** Why nothing was done. Nothing is ever half done. */
export const PROBLEMS = [
  /** Not the shopper's, or not there. */
  "NOT_FOUND",
  /** The page's form is too old. */
  "EXPIRED",
  /** The subscription has changed since the page was shown. */
  "STALE",
  /** What was to be removed is gone: it was pressed twice, or in another tab. */
  "ALREADY_DONE",
  /** A renewal is being charged: the change may be queued. */
  "RENEWAL_RUNNING",
  /** The delivery is paid, being charged or past. */
  "TOO_LATE",
  "NOT_ACTIVE",
  "ALREADY_ENDED",
  /** The shop does not offer this, or not this value. */
  "NOT_OFFERED",
  /** Out of stock. */
  "SOLD_OUT",
  /** A minimum number of deliveries is agreed. */
  "MINIMUM_NOT_REACHED",
  "CODE_NOT_VALID",
  "ADDRESS_NOT_SERVED",
  "PHONE_NOT_VALID",
  "LAST_LINE",
  "DATE_NOT_POSSIBLE",
  "NO_PAYMENT_METHOD",
  "TOO_MANY",
  "SHOPIFY_UNAVAILABLE",
  "REFUSED",
] as const;
export type PortalProblem = (typeof PROBLEMS)[number];

export interface Problem {
  ok: false;
  problem: PortalProblem;
  title: string;
  /** What happened, what was kept, what to do. */
  text: string[];
  /** The same action may be sent again with `queue`. */
  canQueue: boolean;
  /** What is wrong with single fields of what was typed, in a sentence each. */
  fields?: Readonly<Partial<Record<string, string>>>;
}
