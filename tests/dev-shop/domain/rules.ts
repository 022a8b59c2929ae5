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
  nextBillingDateEndsTheFirstCycle: {
    evidence: "assumed",
    default: false,
    says: "The first cycle of a contract that an app makes ends at its nextBillingDate, and the next ones count from there (seen once, community thread 25929, against what the schema says); off: it lasts one interval.",
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
  attemptWithoutSelectorMayBeEarly: {
    evidence: "observed",
    says: "An attempt without a cycle selector bills the cycle of today however early, and an overdue one stays unbilled (community thread 34057).",
  },
  attemptKeyIsIdempotent: {
    evidence: "documented",
    says: "The same idempotency key answers with the same attempt and charges nothing again.",
  },
  attemptKeysAreKept: {
    evidence: "assumed",
    default: true,
    says: "An idempotency key finds its attempt again for ever (how long is not documented); off: for two hours, then it charges anew.",
  },
  processingFailedMayHaveBeenDone: {
    evidence: "assumed",
    default: true,
    says: "Of the attempts that are refused with PROCESSING_FAILED (the code is documented, what it leaves behind is not) half have been made all the same; off: none.",
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
  attemptListsDiffer: {
    evidence: "observed",
    says: "A bulk charge's attempt is in the contract's list of attempts and not in the cycle's (community thread 26522).",
  },
  rootListShowsForeign: {
    evidence: "assumed",
    default: true,
    says: "The shop's list of attempts holds every attempt on the app's contracts; off: those alone that the app made.",
  },
  orderFollowsContractAtAttempt: {
    evidence: "assumed",
    default: true,
    says: "A renewal's order is made of what the contract was when the attempt was made; off: when it succeeded.",
  },
  deletedOrdersLeaveTheSuccess: {
    evidence: "documented",
    says: "A successful attempt's order is null when the order has been deleted; the attempt stays a success.",
  },
  nativeRetriesTakeTodaysCycle: {
    evidence: "observed",
    says: "After a card update Shopify may retry a failed charge by itself within 15 minutes, on the cycle of today (community thread 34057).",
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
  challengedWhenOpened: {
    evidence: "assumed",
    default: true,
    says: "subscription_billing_attempts/challenged is sent when the shopper opens the challenge's page (one report, not documented); off: at once.",
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
  futureEditsBlockContractEdits: {
    evidence: "documented",
    says: "A contract can't be updated while its current or an upcoming cycle has a contract edit (HAS_FUTURE_EDITS).",
  },
  futureEditsRefuseTheCommit: {
    evidence: "assumed",
    default: true,
    says: "HAS_FUTURE_EDITS comes when a contract's draft is committed; off: when it is opened.",
  },
  staleDraftsAreRefused: {
    evidence: "documented",
    says: "A draft of a contract that moved on meanwhile is refused when it is committed (STALE_CONTRACT).",
  },
  lineEditsDropThePricingPolicy: {
    evidence: "assumed",
    default: true,
    says: "A line whose price or variant is changed without restating its pricing policy has none any more.",
  },
  discountsFollowOneAnother: {
    evidence: "assumed",
    default: true,
    says: "A percentage discount is taken of what the discounts before it have left; off: of the full price.",
  },
  codesKeepTheirType: {
    evidence: "assumed",
    default: true,
    says: "A code that a committed draft has applied is a discount of the contract of type CODE_DISCOUNT, with the code as its title; off: of type MANUAL.",
  },
  deliveryOptionsArePending: {
    evidence: "assumed",
    default: true,
    says: "A draft's delivery options are null while Shopify asks for them (documented): the first time that an address is asked about (assumed); off: they are there at once.",
  },
  draftsOfferEveryMethod: {
    evidence: "documented",
    says: "A draft's delivery options are of three kinds: shipping, local delivery and pick-up, each with its price; pick-up tells its location and when it is usually ready, local delivery whether it needs a phone number.",
  },
  pickupsNeedNoAddress: {
    evidence: "assumed",
    default: true,
    says: "Pick-up is among a draft's delivery options whatever the address is, also without one; off: only with an address in the location's country.",
  },
  localDeliveryGoesByPostalCode: {
    evidence: "observed",
    says: "Local delivery is offered in the postal codes that the shop names (one of the two ways in which its settings let it say where).",
  },
  localDeliveryChecksThePhone: {
    evidence: "assumed",
    default: true,
    says: "A draft whose local delivery has a phone number that is not in E.164, or none where the shop asks for one, is refused with INVALID and BLANK (that there is one, and its form, is documented; the refusal is not); off: drafts take any.",
  },
  policyChangesCountFromTheCyclesStart: {
    evidence: "assumed",
    default: true,
    says: "After a change of billing policy the current cycle ends one new interval after its start; off: the current cycle ends as it was announced, the next ones by the new policy.",
  },
  draftsCheckProvinces: {
    evidence: "assumed",
    default: true,
    says: "A draft whose address names no province of its country is refused with INVALID, and with BLANK where the country's addresses need one (the codes are documented, and which countries need one is Shopify's own published data; that drafts are checked by it is not); off: drafts take any address.",
  },
  bulkOperationsAreLimited: {
    evidence: "documented",
    says: "Five bulk queries at once for an app in a shop; at most five connections, two levels deep, no node or nodes.",
  },
  bulkResultsShowTheStart: {
    evidence: "assumed",
    default: true,
    says: "A bulk operation's result is what was true when it was started; off: when it was completed.",
  },
  marketsHaveTheirPrices: {
    evidence: "documented",
    says: "A variant's contextualPricing for a country is in the currency of the country's active market, elsewhere in the shop's; a selling plan's fixed amounts are told in the shop's currency alone.",
  },
  contractsKeepTheirCurrency: {
    evidence: "documented",
    says: "A contract's amounts are in its own currency whatever is sold where; its orders have them as presentmentMoney, and converted as shopMoney.",
  },
  withdrawnScopesBindAtOnce: {
    evidence: "assumed",
    default: true,
    says: "A scope that the shop takes back is gone from tokens that were issued with it; off: those keep it until they expire.",
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
