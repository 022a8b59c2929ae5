import type { Evidence } from "../dev-shop";
import type { World } from "../world";

/**
 * The rules of Shopify that this stand-in plays and how each is known. An *assumed* rule has a switch of the same name
 * in `world.settings.assumptions`, so that the app can be tested under both settings; its default stands here.
 */
export const RULES = {
  cycleNumbering: {
    evidence: "documented",
    says: "Cycles are numbered from 1 at the contract's first version and never renumbered.",
  },
  cyclesAbut: {
    evidence: "observed",
    says: "A cycle starts one second after the one before it ends; its expected date is its end unless edited.",
  },
  cyclesKeepWallClock: {
    evidence: "observed",
    says: "Cycle ends keep the shop's wall clock across daylight saving changes.",
  },
  cyclesRunWhilePaused: {
    evidence: "observed",
    says: "Cycles go on while a contract is paused.",
  },
  monthEndsClampWithoutDrift: {
    evidence: "assumed",
    default: true,
    says: "A contract of the 31st ends its cycles on the last day of short months and on the 31st again afterwards; off: once clamped, it stays on the shorter day.",
  },
  cyclesFollowTheShopsZone: {
    evidence: "assumed",
    default: true,
    says: "When a shop changes its time zone, all its cycles are reckoned in the new one; off: a contract keeps the zone it was made in.",
  },
  anchoredCyclesEndAtMidnight: {
    evidence: "assumed",
    default: false,
    says: "Cycles with an anchor end at the shop's midnight; off: at the time of day at which the contract was made.",
  },
  nextBillingDateMovesNothing: {
    evidence: "documented",
    says: "nextBillingDate is the app's own note; cycles do not follow it.",
  },
  dateRangeSelectsOverlapping: {
    evidence: "assumed",
    default: true,
    says: "A date range selects the cycles that touch it; off: those whose expected date lies in it.",
  },
  upcomingCyclesAreLimited: {
    evidence: "assumed",
    default: true,
    says: "Cycles more than 100 after the current one can't be selected (UPCOMING_CYCLE_LIMIT_EXCEEDED; the error is documented, the number is not).",
  },
  attemptOneDayEarlyAtMost: {
    evidence: "documented",
    says: "An attempt more than 24 hours before the expected date is refused.",
  },
  attemptKeyIsIdempotent: {
    evidence: "documented",
    says: "The same idempotency key answers with the same attempt and charges nothing again.",
  },
  billedCyclesCannotBeSkipped: {
    evidence: "assumed",
    default: true,
    says: "Skipping or editing the schedule of a billed cycle is refused with INVALID.",
  },
  appsChangeTheirOwnGroupsOnly: {
    evidence: "assumed",
    default: true,
    says: "Another app's selling plan group counts as absent in mutations (GROUP_DOES_NOT_EXIST).",
  },
  billedCyclesMayBeBilledAgain: {
    evidence: "observed",
    says: "A new key charges a billed cycle a second time: nothing at Shopify prevents it.",
  },
  attemptsHaveTheirOwnThrottle: {
    evidence: "assumed",
    default: true,
    says: "Attempts are limited apart from query cost (the error is documented; 500 at once and 100 a second are assumed).",
  },
  searchesLag: {
    evidence: "assumed",
    default: true,
    says: "`query:` searches of contracts, attempts, customers and orders answer from what was before a change for a while (documented; a second of real time is assumed).",
  },
  checkoutPaysNoCycle: {
    evidence: "observed",
    says: "The checkout's own attempt belongs to no cycle: cycle 1 is charged at its end.",
  },
  expiredCardsFail: {
    evidence: "assumed",
    default: true,
    says: "A card past its month fails with EXPIRED_PAYMENT_METHOD; off: the network has renewed it.",
  },
  challengesExpire: {
    evidence: "assumed",
    default: true,
    says: "A payment challenge that nobody answers fails after 24 hours with EXPIRED_BUYER_ACTION.",
  },
  statusChangeSendsUpdate: {
    evidence: "assumed",
    default: true,
    says: "A change of status sends subscription_contracts/update besides its own topic.",
  },
  statusChangeBumpsRevision: {
    evidence: "assumed",
    default: false,
    says: "A change of status makes a new revision of the contract.",
  },
  outcomeSendsUpdate: {
    evidence: "assumed",
    default: false,
    says: "The outcome of an attempt (lastPaymentStatus) sends subscription_contracts/update.",
  },
  uninstallEndsSubscriptions: {
    evidence: "documented",
    says: "48 hours after an uninstall the app's contracts are cancelled and its selling plans deleted.",
  },
  redactionRevokesPaymentMethods: {
    evidence: "assumed",
    default: true,
    says: "Redacting a customer revokes the payment methods (CUSTOMER_REDACTED is documented as a reason, the moment is not).",
  },
} as const satisfies Record<
  string,
  { evidence: Exclude<Evidence, "assumed">; says: string } | { evidence: "assumed"; default: boolean; says: string }
>;

export type Assumption = {
  [Name in keyof typeof RULES]: (typeof RULES)[Name]["evidence"] extends "assumed" ? Name : never;
}[keyof typeof RULES];

/** Whether an assumed rule holds in this world: its switch, else its default. */
export function holds(world: World, assumption: Assumption): boolean {
  return world.settings.assumptions[assumption] ?? RULES[assumption].default;
}
