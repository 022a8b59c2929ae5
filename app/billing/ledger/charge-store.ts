import type { ChargeState, CycleOutcome } from "~/generated/prisma/enums";

import type { SendDecision } from "../answer";
import type {
  AttemptOutcome,
  ContractFacts,
  DueCycle,
  ExpectedLine,
  NoOrderOutcome,
  ParkedReason,
  WaitReason,
} from "../engine";
import type { Booked, Feed, FeedMark } from "../guard";

/** A cycle's identity. */
export interface CycleId {
  contractId: string;
  cycleIndex: number;
}

/** An intent to charge: committed with its key before anything is sent. */
export interface Claim extends CycleId {
  idempotencyKey: string;
  expectedAmount: string;
  expectedDelivery: string;
  lines: readonly ExpectedLine[];
  currencyCode: string;
  /** The claim fails if the contract has moved on since it was read. */
  revisionId: string;
}

/** A charge whose next action has come, or whose intent was just committed. */
export interface OpenCharge extends ContractFacts, CycleId {
  chargeId: string;
  state: ChargeState;
  expectedAt: Date;
  /** Null until a first try is made. */
  attempt: OpenAttempt | null;
  claimedAt: Date;
  /** A person has asked for this very charge. */
  confirmed: boolean;
  /** Until when the charge is this worker's alone. */
  leaseUntil: Date;
  firstFailedAt: Date | null;
  declineClass: string | null;
  errorCode: string | null;
  /** In state FAILED: when dunning gives up, while no further try is planned. */
  dunningEndsAt: Date | null;
  /** Since when the renewal waits for stock. */
  waitSince: Date | null;
  /** Something was changed on this cycle alone for this charge. */
  cycleEdited: boolean;
  /** Products that go with this delivery alone, the first asked for first. */
  oneOffs: readonly WaitingOneOff[];
}

/** A product that somebody has added to the next delivery. */
export interface WaitingOneOff {
  oneOffId: string;
  variantId: string;
  title: string;
  quantity: number;
  /** Decimal string, per unit, as it was seen. */
  price: string;
}

export interface OpenAttempt {
  attemptId: string;
  number: number;
  idempotencyKey: string;
  state: "INTENT" | "SENDING" | "PENDING" | "ACTION_REQUIRED" | "SUCCESS" | "FAILED" | "REFUSED";
  /** Shopify's id, once it has answered. */
  shopifyId: string | null;
}

/** A charge with an intent that may be sent. */
export type Intent = OpenCharge & { attempt: OpenAttempt };

export interface Sent {
  charge: Pick<Intent, "chargeId" | "contractId" | "cycleIndex" | "expectedAt" | "attempt" | "leaseUntil">;
  decision: SendDecision;
}

export interface Adoption extends CycleId {
  /** Null if Shopify calls the cycle billed and shows no attempt for it. */
  attempt: AttemptOutcome | null;
  expectedAmount: string;
  currencyCode: string;
}

/** What a cycle takes otherwise than its contract says. */
export interface Adjustment {
  lines: readonly ExpectedLine[];
  /** Decimal string: lines and delivery, before tax. */
  expectedAmount: string;
  /** Ids of those that go with it; the others wait for the next delivery. */
  oneOffs: readonly string[];
}

/** What a look at Shopify's lists has shown. */
export interface Looked {
  /** Contracts, by Shopify's id, with an attempt that is not ours. */
  foreign: Set<string>;
  /** Contracts, by Shopify's id, that the mirror has otherwise. */
  behind: Set<string>;
  /** Keys of the ledger that Shopify has attempts for. */
  own: Set<string>;
}

/**
 * One shop's ledger. Every method is one transaction, takes the moment as a parameter and may be repeated: what is
 * already so stays so. Whoever calls may die between any two calls.
 */
export interface ChargeStore {
  /**
   * People's acts first. A contract that was ended, or paused by a person, ends its failed and parked charges; one that
   * dunning had paused and a person resumed, and one with a new payment method, has its failed charge tried again. Not
   * those of cycles that Shopify calls billed: `chargedElsewhere` has them.
   * @returns how many charges it changed
   */
  attend(now: Date): Promise<number>;
  /**
   * Failed and parked charges, and those given up, of cycles that Shopify calls billed, though no attempt of ours is open
   * that may have paid.
   */
  chargedElsewhere(): Promise<OpenCharge[]>;
  /** Open cycles whose moment has come, of contracts that nothing holds; the earliest open one of each contract. */
  dueCycles(now: Date, limit: number): Promise<DueCycle[]>;
  /**
   * Commits intents. A cycle that is closed, claimed or being claimed, and a contract that something holds, is paused, is
   * being changed or has another revision by now, is left out.
   * @param leaseUntil when another worker may take the charge over, should this one die
   */
  claim(claims: readonly Claim[], now: Date, leaseUntil: Date): Promise<Intent[]>;
  /**
   * Commits the next intent of charges without one on its way, with what the contract is now. Left out: charges that
   * somebody else has taken meanwhile (their next try has another `number`), and those whose contract may not be charged.
   */
  retry(
    tries: readonly { chargeId: string; idempotencyKey: string; number: number }[],
    now: Date,
    leaseUntil: Date,
  ): Promise<Intent[]>;
  /** How far Shopify's lists have been read. */
  feedMark(): Promise<FeedMark>;
  /**
   * Takes in what is new in Shopify's lists: settles own attempts, notes foreign ones, compares contracts with the mirror.
   * After lists that were not read whole every contract is looked at by itself before its next charge.
   */
  look(feed: Feed, now: Date): Promise<Looked>;
  /** What the ledger knows of each contract, and which of these keys are its own. */
  booked(contractIds: readonly string[], keys: readonly string[]): Promise<Map<string, Booked>>;
  /** The foreign attempts of these contracts are accounted for. */
  accountedFor(contractIds: readonly string[], now: Date): Promise<void>;
  /** Ends cycles that bring no order. Claimed ones are left alone. */
  close(closures: readonly (CycleId & { outcome: Exclude<CycleOutcome, "BILLED"> })[], now: Date): Promise<void>;
  /** Puts off cycles that nobody has claimed. */
  postpone(cycles: readonly (CycleId & { until: Date; reason: WaitReason | null })[], now: Date): Promise<void>;
  /** Books what somebody else has charged. An intent of ours for it is withdrawn. */
  adopt(adoptions: readonly Adoption[], now: Date): Promise<void>;
  /** Sets cycles that nobody has claimed aside for a person. */
  park(
    cycles: readonly (CycleId & { reason: ParkedReason; expectedAmount: string; currencyCode: string })[],
    now: Date,
  ): Promise<void>;
  /** Charges whose next action has come; taking them keeps other workers away until `leaseUntil`. */
  takeFollowUps(now: Date, limit: number, leaseUntil: Date): Promise<OpenCharge[]>;
  /**
   * The last look before sending: leaves out what is not this worker's any more, because it slept beyond its lease and
   * another one took over, and notes that the others may be on their way from now on: with what the contract is now, for
   * nothing has been taken for them yet, unless this cycle alone was changed.
   * @returns the intents that may be sent
   */
  sending(intents: readonly Intent[], now: Date, leaseUntil: Date): Promise<Intent[]>;
  /**
   * Writes down what became of what was to be sent. A charge that is settled meanwhile stays as it is; so does one that
   * another worker has taken over, unless Shopify has the attempt. Withdrawn and
   * released: a first try's charge is as if it had never been; a later try's goes back into dunning, or is given up.
   */
  sent(results: readonly Sent[], now: Date): Promise<void>;
  /** What was changed on this cycle alone before it is charged, and what that is meant to take. */
  adjusted(chargeId: string, adjustment: Adjustment, now: Date): Promise<void>;
  /**
   * Dunning's own pause is on its way: the contract's overdue cycle is kept, and those that have passed meanwhile are let
   * go for dunning's sake, not the pause's.
   */
  pausing(chargeId: string, now: Date): Promise<void>;
  /** Dunning is over: the charge waits for a new card or a person (PAUSE), or is given up and its cycle brings no order. */
  ended(
    chargeId: string,
    outcome: "PAUSED" | Extract<NoOrderOutcome, "SKIPPED_DUNNING" | "ENDED">,
    now: Date,
  ): Promise<void>;
  /** Looks at charges again later. */
  putOff(chargeIds: readonly string[], until: Date, now: Date): Promise<void>;
  /**
   * Writes down how attempts ended; those with foreign keys are ignored.
   * @returns the keys that the ledger knows
   */
  settle(outcomes: readonly AttemptOutcome[], now: Date): Promise<Set<string>>;
}
