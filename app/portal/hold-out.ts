import { namedId } from "~/lib/ids";

/**
 * What offers are worth, measured: a shop that has enough shoppers leaving shows one in five of them no offer, and
 * compares how many of either group still subscribe 30 days later. Without that, everybody who would have stayed anyway
 * counts as a save.
 *
 * The size, stated before anything is counted (a test of two proportions, two-sided, α = 5 %, power = 80 %):
 * - without an offer one in ten of those who begin to leave still subscribes 30 days later (p₁ = 0.10, our assumption);
 * - what is worth knowing is whether an offer makes that one in four (p₂ = 0.25): smaller effects change no decision;
 * - one fifth is held out, so that four are offered something for each who is not (k = 4).
 * n₁ = [z₀.₉₇₅ √(p̄(1−p̄)(1+1/k)) + z₀.₈ √(p₁(1−p₁) + p₂(1−p₂)/k)]² / (p₂−p₁)², with p̄ = (p₁ + k·p₂)/(1+k),
 * gives 67 held out and 4 × 67 = 268 offered, 335 in all (Fleiss, Levin, Paik: Statistical Methods for Rates and
 * Proportions, 3rd ed., section 4.3; hold-out.test.ts reckons it again). Nothing is said before both are reached.
 */
export const HELD_OUT_SHARE = 0.2;
export const HELD_OUT_NEEDED = 67;
export const OFFERED_NEEDED = 268;

/**
 * A shop begins to hold out once so many have begun to leave, with a reason that an offer fitted, within a year: then
 * the answer comes in about another year, and in a smaller shop nobody is held out for an answer that never comes.
 */
export const BEGINS_WITH = HELD_OUT_NEEDED + OFFERED_NEEDED;
export const BEGINS_WITHIN_DAYS = 365;

/** A save counts only if the contract is still active so long after the decision. */
export const SAVED_AFTER_DAYS = 30;

/** Always the same for the same contract: whoever comes back to the page sees no other one. */
export function isHeldOut(contractId: string): boolean {
  const hash = namedId(`leaving hold-out ${contractId}`).slice(0, 8);
  return Number.parseInt(hash, 16) / 2 ** 32 < HELD_OUT_SHARE;
}

export interface Group {
  /** Whose 30 days are over. */
  count: number;
  saved: number;
}

/** Shares between 0 and 1. */
export interface Interval {
  estimate: number;
  low: number;
  high: number;
}

/** Of the normal distribution, for intervals of 95 %. */
const Z = 1.959964;

/** Wilson's score interval of a share (E. B. Wilson, JASA 22, 1927): holds for small groups and for none or all. */
export function wilson({ count, saved }: Group): Interval {
  if (count === 0) return { estimate: 0, low: 0, high: 1 };
  const p = saved / count;
  const z2 = Z * Z;
  const middle = (p + z2 / (2 * count)) / (1 + z2 / count);
  const half = (Z / (1 + z2 / count)) * Math.sqrt((p * (1 - p)) / count + z2 / (4 * count * count));
  return { estimate: p, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** Newcombe's interval of a difference of shares (R. G. Newcombe, Statistics in Medicine 17, 1998, method 10). */
export function newcombe(first: Group, second: Group): Interval {
  const [a, b] = [wilson(first), wilson(second)];
  const estimate = a.estimate - b.estimate;
  return {
    estimate,
    low: estimate - Math.hypot(a.estimate - a.low, b.high - b.estimate),
    high: estimate + Math.hypot(a.high - a.estimate, b.estimate - b.low),
  };
}

export type OffersWorth =
  /** So many are still to come in each group. */
  | { known: false; offeredMissing: number; heldOutMissing: number }
  /** What the offers have changed; an interval that holds 0 says that it can't be told whether they do anything. */
  | { known: true; difference: Interval; tells: "HELPS" | "HARMS" | "CANT_TELL" };

/** What may be said of the offers at this size. */
export function offersWorth(offered: Group, heldOut: Group): OffersWorth {
  const offeredMissing = Math.max(0, OFFERED_NEEDED - offered.count);
  const heldOutMissing = Math.max(0, HELD_OUT_NEEDED - heldOut.count);
  if (offeredMissing > 0 || heldOutMissing > 0) return { known: false, offeredMissing, heldOutMissing };
  const difference = newcombe(offered, heldOut);
  const tells = difference.low > 0 ? "HELPS" : difference.high < 0 ? "HARMS" : "CANT_TELL";
  return { known: true, difference, tells };
}
