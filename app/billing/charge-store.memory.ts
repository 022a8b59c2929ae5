import type { AttemptState, ChargeState, CycleOutcome } from "~/generated/prisma/enums";

import type { Adoption, ChargeStore, Claim, CycleId, OpenCharge, Sent } from "./charge-store";
import { transition } from "./engine";
import type { AttemptOutcome, DueCycle } from "./engine";

/** A contract with its cycles, as a simulation sets it up. */
export interface MemoryContract extends Omit<DueCycle, "cycleIndex" | "expectedAt" | "lastPaidAt"> {
  cycles: MemoryCycle[];
}

export interface MemoryCycle {
  cycleIndex: number;
  expectedAt: Date;
  dueAt: Date;
  outcome: CycleOutcome | null;
  claimed: boolean;
}

export interface MemoryCharge extends CycleId {
  chargeId: string;
  state: ChargeState;
  expectedAmount: string;
  currencyCode: string;
  claimedAt: Date;
  nextActionAt: Date | null;
  paidAt: Date | null;
  reason: string | null;
  attempts: MemoryAttempt[];
}

export interface MemoryAttempt {
  attemptId: string;
  idempotencyKey: string;
  shopifyId: string | null;
  state: AttemptState;
  sentAt: Date;
}

const RUNNING: readonly ChargeState[] = ["CLAIMED", "SENDING", "PENDING", "UNKNOWN", "ACTION_REQUIRED"];

/** The ledger without a database: what a simulation runs thousands of days on. Passes the same suite as PostgreSQL's. */
export class MemoryChargeStore implements ChargeStore {
  readonly charges = new Map<string, MemoryCharge>();
  private lastId = 0;

  constructor(readonly contracts: readonly MemoryContract[]) {}

  dueCycles(now: Date, limit: number): Promise<DueCycle[]> {
    const due = this.contracts.flatMap((contract) => {
      const open = contract.cycles
        .filter((cycle) => cycle.outcome === null && !cycle.claimed && cycle.dueAt <= now)
        .sort((a, b) => a.cycleIndex - b.cycleIndex)[0];
      return open && !this.running(contract.contractId) ? [{ contract, open }] : [];
    });
    due.sort((a, b) => a.open.dueAt.getTime() - b.open.dueAt.getTime());
    return Promise.resolve(
      due.slice(0, limit).map(({ contract, open }) => ({
        ...contract,
        cycleIndex: open.cycleIndex,
        expectedAt: open.expectedAt,
        lastPaidAt: this.lastPaidAt(contract.contractId),
      })),
    );
  }

  ownKeys(keys: readonly string[]): Promise<Set<string>> {
    return Promise.resolve(new Set(keys.filter((key) => this.byKey(key) !== null)));
  }

  claim(claims: readonly Claim[], now: Date, leaseUntil: Date): Promise<OpenCharge[]> {
    const claimed = claims.flatMap((claim): OpenCharge[] => {
      const contract = this.contracts.find(({ contractId }) => contractId === claim.contractId);
      const cycle = this.openCycle(claim);
      if (!contract || !cycle || contract.status !== "ACTIVE" || contract.revisionId !== claim.revisionId) return [];
      if (this.running(claim.contractId)) return [];
      const attempt: MemoryAttempt = {
        attemptId: this.nextId(),
        idempotencyKey: claim.idempotencyKey,
        shopifyId: null,
        state: "SENDING",
        sentAt: now,
      };
      const charge = this.add(claim, claim, now, { state: "SENDING", nextActionAt: leaseUntil, attempts: [attempt] });
      cycle.claimed = true;
      return [this.open(charge, attempt)];
    });
    return Promise.resolve(claimed);
  }

  close(closures: Parameters<ChargeStore["close"]>[0]): Promise<void> {
    for (const closure of closures) {
      const cycle = this.openCycle(closure);
      if (cycle) cycle.outcome = closure.outcome;
    }
    return Promise.resolve();
  }

  postpone(cycles: Parameters<ChargeStore["postpone"]>[0]): Promise<void> {
    for (const postponed of cycles) {
      const cycle = this.openCycle(postponed);
      if (cycle) cycle.dueAt = postponed.until;
    }
    return Promise.resolve();
  }

  park(cycles: Parameters<ChargeStore["park"]>[0], now: Date): Promise<void> {
    for (const parked of cycles) {
      const cycle = this.openCycle(parked);
      if (!cycle) continue;
      cycle.claimed = true;
      this.add(parked, parked, now, { state: "PARKED", reason: parked.reason });
    }
    return Promise.resolve();
  }

  adopt(adoptions: readonly Adoption[], now: Date): Promise<void> {
    for (const adoption of adoptions) {
      const cycle = this.cycle(adoption);
      const known = this.chargeOf(adoption);
      if (!cycle || known?.state === "PAID") continue;
      const charge = known ?? this.add(adoption, adoption, now, { state: "PAID" });
      const paidAt = adoption.attempt?.completedAt ?? now;
      Object.assign(charge, { state: "PAID", paidAt, nextActionAt: null, reason: null });
      if (adoption.attempt) {
        const { idempotencyKey, shopifyId } = adoption.attempt;
        charge.attempts.push({ attemptId: this.nextId(), idempotencyKey, shopifyId, state: "SUCCESS", sentAt: now });
      }
      Object.assign(cycle, { outcome: "BILLED", claimed: true });
    }
    return Promise.resolve();
  }

  takeFollowUps(now: Date, limit: number, leaseUntil: Date): Promise<OpenCharge[]> {
    const due = [...this.charges.values()]
      .filter(({ nextActionAt }) => nextActionAt !== null && nextActionAt <= now)
      .slice(0, limit);
    return Promise.resolve(
      due.flatMap((charge) => {
        charge.nextActionAt = leaseUntil;
        const attempt = charge.attempts.at(-1);
        return attempt ? [this.open(charge, attempt)] : [];
      }),
    );
  }

  sent(results: readonly Sent[]): Promise<void> {
    for (const { charge: about, decision } of results) {
      const charge = this.charges.get(about.chargeId);
      const attempt = charge?.attempts.find(({ attemptId }) => attemptId === about.attemptId);
      if (!charge || !attempt || !["CLAIMED", "SENDING", "UNKNOWN"].includes(charge.state)) continue;
      const cycle = this.cycle(about);
      switch (decision.kind) {
        case "PENDING":
          Object.assign(charge, { state: "PENDING", nextActionAt: decision.nextActionAt });
          Object.assign(attempt, { state: "PENDING", shopifyId: decision.shopifyId });
          break;
        case "AGAIN":
          Object.assign(charge, { state: "CLAIMED", nextActionAt: decision.nextActionAt });
          attempt.state = "INTENT";
          break;
        case "UNKNOWN":
          Object.assign(charge, { state: "UNKNOWN", nextActionAt: decision.nextActionAt });
          break;
        case "PARK":
          Object.assign(charge, { state: "PARKED", nextActionAt: null, reason: decision.reason });
          attempt.state = "REFUSED";
          break;
        case "WITHDRAW":
        case "RELEASE":
          this.charges.delete(charge.chargeId);
          if (!cycle) break;
          cycle.claimed = false;
          if (decision.kind === "WITHDRAW") cycle.outcome = decision.outcome;
          else cycle.dueAt = decision.until;
      }
    }
    return Promise.resolve();
  }

  settle(outcomes: readonly AttemptOutcome[], now: Date): Promise<Set<string>> {
    const own = new Set<string>();
    for (const outcome of outcomes) {
      const found = this.byKey(outcome.idempotencyKey);
      if (!found) continue;
      own.add(outcome.idempotencyKey);
      this.settleOne(found.charge, found.attempt, outcome, now);
    }
    return Promise.resolve(own);
  }

  private settleOne(charge: MemoryCharge, attempt: MemoryAttempt, outcome: AttemptOutcome, now: Date): void {
    const isLatestAttempt = charge.attempts.at(-1) === attempt;
    const standing = { state: charge.state, attemptState: attempt.state, sentAt: attempt.sentAt, isLatestAttempt };
    const result = transition(standing, outcome.state, now);
    if (result.kind === "NOTHING") return;
    attempt.shopifyId = outcome.shopifyId;
    switch (result.kind) {
      case "PAID": {
        Object.assign(charge, { state: "PAID", nextActionAt: null, paidAt: outcome.completedAt ?? now });
        attempt.state = "SUCCESS";
        const cycle = this.cycle(charge);
        if (cycle) cycle.outcome = "BILLED";
        break;
      }
      case "FAILED":
        Object.assign(charge, { state: "FAILED", nextActionAt: null, reason: outcome.errorCode ?? "UNEXPECTED" });
        attempt.state = "FAILED";
        break;
      case "ACTION_REQUIRED":
        Object.assign(charge, { state: "ACTION_REQUIRED", nextActionAt: result.nextActionAt });
        attempt.state = "ACTION_REQUIRED";
        break;
      case "STILL_PENDING":
        Object.assign(charge, { state: "PENDING", nextActionAt: result.nextActionAt });
        attempt.state = "PENDING";
    }
  }

  private add(
    { contractId, cycleIndex }: CycleId,
    { expectedAmount, currencyCode }: Pick<Claim, "expectedAmount" | "currencyCode">,
    now: Date,
    rest: Pick<MemoryCharge, "state"> & Partial<MemoryCharge>,
  ): MemoryCharge {
    const charge: MemoryCharge = {
      chargeId: this.nextId(),
      contractId,
      cycleIndex,
      expectedAmount,
      currencyCode,
      claimedAt: now,
      nextActionAt: null,
      paidAt: null,
      reason: null,
      attempts: [],
      ...rest,
    };
    this.charges.set(charge.chargeId, charge);
    return charge;
  }

  private open(charge: MemoryCharge, attempt: MemoryAttempt): OpenCharge {
    const contract = this.contracts.find(({ contractId }) => contractId === charge.contractId);
    const { chargeId, contractId, cycleIndex, state, claimedAt, expectedAmount, currencyCode } = charge;
    return {
      chargeId,
      contractId,
      cycleIndex,
      state,
      claimedAt,
      expectedAmount,
      currencyCode,
      attemptId: attempt.attemptId,
      contractShopifyId: contract?.contractShopifyId ?? "",
      idempotencyKey: attempt.idempotencyKey,
      attemptShopifyId: attempt.shopifyId,
    };
  }

  private cycle({ contractId, cycleIndex }: CycleId): MemoryCycle | undefined {
    const contract = this.contracts.find((each) => each.contractId === contractId);
    return contract?.cycles.find((cycle) => cycle.cycleIndex === cycleIndex);
  }

  private openCycle(id: CycleId): MemoryCycle | undefined {
    const cycle = this.cycle(id);
    return cycle && cycle.outcome === null && !cycle.claimed ? cycle : undefined;
  }

  private chargeOf({ contractId, cycleIndex }: CycleId): MemoryCharge | undefined {
    return [...this.charges.values()].find(
      (charge) => charge.contractId === contractId && charge.cycleIndex === cycleIndex,
    );
  }

  private byKey(key: string): { charge: MemoryCharge; attempt: MemoryAttempt } | null {
    for (const charge of this.charges.values()) {
      const attempt = charge.attempts.find(({ idempotencyKey }) => idempotencyKey === key);
      if (attempt) return { charge, attempt };
    }
    return null;
  }

  private running(contractId: string): boolean {
    return [...this.charges.values()].some(
      (charge) => charge.contractId === contractId && RUNNING.includes(charge.state),
    );
  }

  private lastPaidAt(contractId: string): Date | null {
    const paid = [...this.charges.values()].flatMap((charge) =>
      charge.contractId === contractId && charge.paidAt ? [charge.paidAt.getTime()] : [],
    );
    return paid.length > 0 ? new Date(Math.max(...paid)) : null;
  }

  private nextId(): string {
    this.lastId += 1;
    return `memory-${this.lastId}`;
  }
}
