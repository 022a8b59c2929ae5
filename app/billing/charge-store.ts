import type { ChargeState, CycleOutcome } from "~/generated/prisma/enums";

import type { AttemptOutcome, DueCycle, ParkedReason, SendDecision } from "./engine";

/** A cycle's identity. */
export interface CycleId {
  contractId: string;
  cycleIndex: number;
}

/** An intent to charge: committed with its key before anything is sent. */
export interface Claim extends CycleId {
  idempotencyKey: string;
  expectedAmount: string;
  currencyCode: string;
  /** The claim fails if the contract has moved on since it was read. */
  revisionId: string;
}

/** A charge that is on its way. */
export interface OpenCharge extends CycleId {
  chargeId: string;
  attemptId: string;
  contractShopifyId: string;
  state: ChargeState;
  idempotencyKey: string;
  /** Shopify's id of the attempt, once it has answered. */
  attemptShopifyId: string | null;
  claimedAt: Date;
  expectedAmount: string;
  currencyCode: string;
}

export interface Sent {
  charge: Pick<OpenCharge, "chargeId" | "attemptId" | "contractId" | "cycleIndex">;
  decision: SendDecision;
}

export interface Adoption extends CycleId {
  /** Null if Shopify calls the cycle billed and shows no attempt for it. */
  attempt: AttemptOutcome | null;
  expectedAmount: string;
  currencyCode: string;
}

/**
 * One shop's ledger. Every method is one transaction, takes the moment as a parameter and may be repeated: what is
 * already so stays so. Whoever calls may die between any two calls.
 */
export interface ChargeStore {
  /** Open cycles whose moment has come, of contracts with nothing on its way; the earliest of each contract. */
  dueCycles(now: Date, limit: number): Promise<DueCycle[]>;
  /** Which of these keys are the ledger's own. */
  ownKeys(keys: readonly string[]): Promise<Set<string>>;
  /**
   * Commits intents. A cycle that is closed, claimed or being claimed, and a contract that has something on its way, is
   * paused or has another revision by now, is left out.
   * @param leaseUntil when another worker may take the charge over, should this one die
   */
  claim(claims: readonly Claim[], now: Date, leaseUntil: Date): Promise<OpenCharge[]>;
  /** Ends cycles that bring no order. Claimed ones are left alone. */
  close(closures: readonly (CycleId & { outcome: Exclude<CycleOutcome, "BILLED"> })[], now: Date): Promise<void>;
  /** Puts off cycles that nobody has claimed. */
  postpone(cycles: readonly (CycleId & { until: Date })[], now: Date): Promise<void>;
  /** Books what somebody else has charged. */
  adopt(adoptions: readonly Adoption[], now: Date): Promise<void>;
  /** Sets cycles that nobody has claimed aside for a person. */
  park(
    cycles: readonly (CycleId & { reason: ParkedReason; expectedAmount: string; currencyCode: string })[],
    now: Date,
  ): Promise<void>;
  /** Charges whose next action has come; taking them keeps other workers away until `leaseUntil`. */
  takeFollowUps(now: Date, limit: number, leaseUntil: Date): Promise<OpenCharge[]>;
  /** Writes down what became of what was sent. A charge that is settled meanwhile stays as it is. */
  sent(results: readonly Sent[], now: Date): Promise<void>;
  /**
   * Writes down how attempts ended; those with foreign keys are ignored.
   * @returns the keys that the ledger knows
   */
  settle(outcomes: readonly AttemptOutcome[], now: Date): Promise<Set<string>>;
}
