import type { AttemptState, ChargeState, CycleOutcome } from "~/generated/prisma/enums";
import { isEnded, isHeld } from "~/contracts/cycle-rules";

import { transition } from "../charge";
import type {
  Adjustment,
  Adoption,
  ChargeStore,
  Claim,
  CycleId,
  Intent,
  Looked,
  OpenAttempt,
  OpenCharge,
  Sent,
  WaitingOneOff,
} from "./charge-store";
import { HOLDING_STATES, isBeingChanged, NEW_CARD_WAIT_MS, RUNNING_STATES } from "../engine";
import type { AttemptOutcome, ContractFacts, DueCycle, ExpectedLine, WaitReason } from "../engine";
import type { Booked, Feed, FeedMark } from "../guard";
import { newestOf } from "./news";
import { DEFAULT_SETTINGS } from "../settings/settings";
import type { BillingSettings } from "../settings/settings";

/** A contract with its cycles, as a simulation sets it up. */
export interface MemoryContract extends Omit<
  ContractFacts,
  "lastPaidAt" | "unreadableSince" | "discountsUsed" | "changingSince"
> {
  cycles: MemoryCycle[];
  changingSince?: Date | null;
  /** Added to the next delivery, the first asked for first; none without it. */
  oneOffs?: MemoryOneOff[];
}

export interface MemoryOneOff extends WaitingOneOff {
  /** The cycle that it is on, and when that was paid. */
  cycleIndex: number | null;
  chargedAt: Date | null;
}

export interface MemoryCycle {
  cycleIndex: number;
  expectedAt: Date;
  dueAt: Date;
  outcome: CycleOutcome | null;
  claimed: boolean;
  waitReason: WaitReason | null;
  waitSince: Date | null;
}

export interface MemoryCharge extends CycleId {
  chargeId: string;
  state: ChargeState;
  lines: readonly ExpectedLine[];
  expectedAmount: string;
  currencyCode: string;
  claimedAt: Date;
  updatedAt: Date;
  nextActionAt: Date | null;
  dunningEndsAt: Date | null;
  paidAt: Date | null;
  paidAmount: string | null;
  differsBy: string | null;
  parkedReason: string | null;
  skippedReason: CycleOutcome | null;
  errorCode: string | null;
  declineClass: string | null;
  declines: number;
  gatewayTroubles: number;
  firstFailedAt: Date | null;
  remindedAt: Date | null;
  confirmed: boolean;
  cycleEdited: boolean;
  attempts: MemoryAttempt[];
}

export interface MemoryAttempt {
  attemptId: string;
  number: number;
  idempotencyKey: string;
  shopifyId: string | null;
  state: AttemptState;
  sentAt: Date;
}

const MAY_TRY_AGAIN: readonly AttemptState[] = ["FAILED", "REFUSED"];
const NOT_ANSWERED: readonly ChargeState[] = ["CLAIMED", "SENDING", "UNKNOWN"];

/** The ledger without a database: what a simulation runs thousands of days on. Passes the same suite as PostgreSQL's. */
export class MemoryChargeStore implements ChargeStore {
  readonly charges = new Map<string, MemoryCharge>();
  private readonly contracts = new Map<string, MemoryContract>();
  private readonly byShopifyId = new Map<string, MemoryContract>();
  private readonly byContract = new Map<string, MemoryCharge[]>();
  private readonly byKey = new Map<string, { charge: MemoryCharge; attempt: MemoryAttempt }>();
  private readonly notOver = new Set<MemoryCharge>();
  private readonly givenUp = new Set<MemoryCharge>();
  private mark: FeedMark = { attemptId: null, contractsAt: null };
  private lastId = 0;

  constructor(
    contracts: readonly MemoryContract[],
    private readonly settings: BillingSettings = { ...DEFAULT_SETTINGS, timeZone: "UTC" },
  ) {
    for (const contract of contracts) this.add(contract);
  }

  /** A new contract in the mirror. */
  add(contract: MemoryContract): void {
    this.contracts.set(contract.contractId, contract);
    this.byShopifyId.set(contract.contractShopifyId, contract);
  }

  /** Takes in a charge that another ledger has. */
  load(charge: MemoryCharge): void {
    this.charges.set(charge.chargeId, charge);
    this.notOver.add(charge);
    this.chargesOf(charge.contractId).push(charge);
    for (const attempt of charge.attempts) this.byKey.set(attempt.idempotencyKey, { charge, attempt });
  }

  contract(contractId: string): MemoryContract | undefined {
    return this.contracts.get(contractId);
  }

  /** Charges that may still have something to do; those that turn out to be over are not looked at again. */
  private *unfinished(): Generator<MemoryCharge> {
    for (const charge of this.notOver) {
      if (charge.state === "PAID" || charge.state === "SKIPPED") this.notOver.delete(charge);
      else yield charge;
    }
  }

  /** Shopify's ids of attempts that have not ended as far as the ledger knows, although nothing follows them up any more. */
  openWithoutLook(): string[] {
    return [...this.charges.values()].flatMap(({ state, nextActionAt, attempts }) =>
      nextActionAt !== null || RUNNING_STATES.includes(state)
        ? []
        : attempts.flatMap((attempt) => (attempt.shopifyId !== null && isOpen(attempt) ? [attempt.shopifyId] : [])),
    );
  }

  /** The next moment at which a cycle is due or a charge is looked at; may have passed. Null: never. */
  nextMoment(): Date | null {
    let next: Date | null = null;
    for (const { nextActionAt } of this.unfinished()) {
      if (nextActionAt !== null && (next === null || nextActionAt < next)) next = nextActionAt;
    }
    for (const contract of this.contracts.values()) {
      const open = earliestOpen(contract);
      if (open && (next === null || open.dueAt < next) && !this.isHeld(contract.contractId)) next = open.dueAt;
    }
    return next;
  }

  attend(now: Date): Promise<number> {
    let changed = 0;
    for (const contract of this.contracts.values()) {
      for (const charge of this.chargesOf(contract.contractId)) {
        const { state } = charge;
        if ((state !== "FAILED" && state !== "PARKED") || this.cycle(charge)?.outcome === "BILLED") continue;
        if (isEnded(contract.status)) this.giveUp(charge, "ENDED", now);
        else if (state === "FAILED" && isHeld(contract.status) && contract.dunningPausedAt === null) {
          if (charge.attempts.at(-1)?.state === "ACTION_REQUIRED") continue;
          this.giveUp(charge, "SKIPPED_PAUSED", now);
        } else if (state === "FAILED" && contract.paymentMethodChangedAt && hasNewCard(charge, contract)) {
          Object.assign(charge, {
            nextActionAt: new Date(contract.paymentMethodChangedAt.getTime() + NEW_CARD_WAIT_MS),
            dunningEndsAt: null,
            declines: 0,
            firstFailedAt: null,
            updatedAt: now,
          });
        } else if (state === "FAILED" && contract.status === "ACTIVE" && contract.dunningPausedAt !== null) {
          if (charge.nextActionAt !== null) continue;
          Object.assign(charge, { nextActionAt: now, dunningEndsAt: null, updatedAt: now });
        } else continue;
        changed += 1;
      }
      const isEnding = this.chargesOf(contract.contractId).some(
        ({ state, dunningEndsAt, nextActionAt }) =>
          state === "FAILED" && dunningEndsAt !== null && nextActionAt !== null,
      );
      if (contract.status === "ACTIVE" && !isEnding) contract.dunningPausedAt = null;
    }
    return Promise.resolve(changed);
  }

  chargedElsewhere(): Promise<OpenCharge[]> {
    const found: MemoryCharge[] = [];
    for (const charge of this.givenUp) if (charge.state !== "SKIPPED") this.givenUp.delete(charge);
    for (const charge of [...this.unfinished(), ...this.givenUp]) {
      if (charge.state !== "FAILED" && charge.state !== "PARKED" && charge.state !== "SKIPPED") continue;
      const isOver = charge.attempts.every(({ state }) => MAY_TRY_AGAIN.includes(state));
      if (isOver && this.cycle(charge)?.outcome === "BILLED") found.push(charge);
    }
    return Promise.resolve(found.map((charge) => this.open(charge)));
  }

  dueCycles(now: Date, limit: number): Promise<DueCycle[]> {
    const due: { contract: MemoryContract; open: MemoryCycle }[] = [];
    for (const contract of this.contracts.values()) {
      const open = earliestOpen(contract);
      if (open && open.dueAt <= now && !this.isHeld(contract.contractId)) due.push({ contract, open });
    }
    due.sort((a, b) => a.open.dueAt.getTime() - b.open.dueAt.getTime());
    return Promise.resolve(
      due.slice(0, limit).map(({ contract, open }) => ({ ...this.facts(contract), ...cycleFacts(open) })),
    );
  }

  claim(claims: readonly Claim[], now: Date, leaseUntil: Date): Promise<Intent[]> {
    const claimed = claims.flatMap((claim): Intent[] => {
      const contract = this.contracts.get(claim.contractId);
      const cycle = this.openCycle(claim);
      if (!contract || !cycle || contract.status !== "ACTIVE" || contract.revisionId !== claim.revisionId) return [];
      if (this.isHeld(claim.contractId) || isChanging(contract, now)) return [];
      const charge = this.newCharge(claim, claim, now, { state: "SENDING", nextActionAt: leaseUntil });
      cycle.claimed = true;
      return [this.intent(charge, this.newAttempt(charge, claim.idempotencyKey, now))];
    });
    return Promise.resolve(claimed);
  }

  retry(tries: Parameters<ChargeStore["retry"]>[0], now: Date, leaseUntil: Date): Promise<Intent[]> {
    const intents = tries.flatMap(({ chargeId, idempotencyKey, number }): Intent[] => {
      const charge = this.charges.get(chargeId);
      const contract = charge && this.contracts.get(charge.contractId);
      if (!charge || contract?.status !== "ACTIVE" || isChanging(contract, now)) return [];
      const last = charge.attempts.at(-1);
      if (!["FAILED", "CLAIMED"].includes(charge.state) || (last && !MAY_TRY_AGAIN.includes(last.state))) return [];
      if (number !== charge.attempts.length + 1) return [];
      const { lines, expectedAmount } = contract;
      const noReminder = { remindedAt: null, dunningEndsAt: null };
      const sending = { state: "SENDING", nextActionAt: leaseUntil, ...noReminder, updatedAt: now };
      Object.assign(charge, { ...sending, lines, expectedAmount });
      return [this.intent(charge, this.newAttempt(charge, idempotencyKey, now))];
    });
    return Promise.resolve(intents);
  }

  feedMark(): Promise<FeedMark> {
    return Promise.resolve(this.mark);
  }

  async look(feed: Feed, now: Date): Promise<Looked> {
    const own = await this.settle(
      feed.attempts.map(({ outcome }) => outcome),
      now,
    );
    const foreign = new Set<string>();
    for (const { outcome, contractShopifyId } of feed.attempts) {
      const contract = this.byShopifyId.get(contractShopifyId);
      const isCheckout = outcome.order !== null && outcome.order.id === contract?.originOrderId;
      if (!contract || own.has(outcome.idempotencyKey) || isCheckout) continue;
      foreign.add(contractShopifyId);
      contract.foreignSeenAt = now;
    }
    const behind = new Set(
      feed.contracts.flatMap(({ shopifyId, status, revisionId }) => {
        const contract = this.byShopifyId.get(shopifyId);
        if (!contract || (contract.status === status && contract.revisionId === revisionId)) return [];
        // The list won't show it again.
        contract.foreignSeenAt = now;
        return [shopifyId];
      }),
    );
    if (!feed.complete) {
      for (const contract of this.contracts.values()) {
        if (!isEnded(contract.status)) contract.foreignSeenAt ??= now;
      }
    }
    this.mark = feed.mark;
    return { foreign, behind, own };
  }

  booked(contractIds: readonly string[], keys: readonly string[]): Promise<Map<string, Booked>> {
    const known = new Set(keys.filter((key) => this.byKey.has(key)));
    return Promise.resolve(
      new Map(
        contractIds.map((contractId) => {
          const paid = this.chargesOf(contractId).filter(({ state }) => state === "PAID");
          return [contractId, { keys: known, paidCycles: new Set(paid.map(({ cycleIndex }) => cycleIndex)) }];
        }),
      ),
    );
  }

  accountedFor(contractIds: readonly string[]): Promise<void> {
    for (const contractId of contractIds) {
      const contract = this.contracts.get(contractId);
      if (contract) contract.foreignSeenAt = null;
    }
    return Promise.resolve();
  }

  close(closures: Parameters<ChargeStore["close"]>[0]): Promise<void> {
    for (const closure of closures) {
      const cycle = this.openCycle(closure);
      if (cycle) Object.assign(cycle, { outcome: closure.outcome, ...noWait });
    }
    return Promise.resolve();
  }

  postpone(cycles: Parameters<ChargeStore["postpone"]>[0], now: Date): Promise<void> {
    for (const { until, reason, ...id } of cycles) {
      const cycle = this.openCycle(id);
      if (cycle) putOffCycle(cycle, until, reason, now);
    }
    return Promise.resolve();
  }

  park(cycles: Parameters<ChargeStore["park"]>[0], now: Date): Promise<void> {
    for (const parked of cycles) {
      const cycle = this.openCycle(parked);
      if (!cycle) continue;
      cycle.claimed = true;
      this.newCharge(parked, { ...parked, lines: [] }, now, { state: "PARKED", parkedReason: parked.reason });
    }
    return Promise.resolve();
  }

  adopt(adoptions: readonly Adoption[], now: Date): Promise<void> {
    for (const adoption of adoptions) {
      const cycle = this.cycle(adoption);
      const known = this.chargeOf(adoption);
      if (!cycle || known?.state === "PAID") continue;
      const charge = known ?? this.newCharge(adoption, { ...adoption, lines: [] }, now, { state: "PAID" });
      Object.assign(charge, {
        ...atRest,
        state: "PAID",
        skippedReason: null,
        paidAt: adoption.attempt?.completedAt ?? now,
        paidAmount: adoption.attempt?.order?.total ?? null,
        errorCode: null,
        updatedAt: now,
      });
      for (const attempt of charge.attempts) if (isUnsent(attempt)) attempt.state = "REFUSED";
      if (adoption.attempt && !this.byKey.has(adoption.attempt.idempotencyKey)) {
        const { idempotencyKey, shopifyId } = adoption.attempt;
        Object.assign(this.newAttempt(charge, idempotencyKey, now), { shopifyId, state: "SUCCESS" });
      }
      Object.assign(cycle, { outcome: "BILLED", claimed: true, ...noWait });
      this.chargeOneOffs(adoption, now);
      this.liftPause(adoption.contractId);
    }
    return Promise.resolve();
  }

  takeFollowUps(now: Date, limit: number, leaseUntil: Date): Promise<OpenCharge[]> {
    const due: MemoryCharge[] = [];
    for (const charge of this.unfinished()) {
      if (charge.nextActionAt !== null && charge.nextActionAt <= now) due.push(charge);
    }
    due.sort((a, b) => (a.nextActionAt ?? now).getTime() - (b.nextActionAt ?? now).getTime());
    return Promise.resolve(
      due.slice(0, limit).map((charge) => {
        charge.nextActionAt = leaseUntil;
        return this.open(charge);
      }),
    );
  }

  sent(results: readonly Sent[], now: Date): Promise<void> {
    for (const { charge: about, decision } of results) {
      const charge = this.charges.get(about.chargeId);
      const attempt = charge?.attempts.find(({ attemptId }) => attemptId === about.attempt.attemptId);
      if (!charge || !attempt || !NOT_ANSWERED.includes(charge.state) || !isUnsent(attempt)) continue;
      const isMine = charge.nextActionAt?.getTime() === about.leaseUntil.getTime();
      if (!isMine && decision.kind !== "PENDING") continue;
      charge.updatedAt = now;
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
          attempt.state = "SENDING";
          break;
        case "PARK":
          Object.assign(charge, {
            ...atRest,
            state: "PARKED",
            parkedReason: decision.reason,
            errorCode: decision.reason,
          });
          attempt.state = "REFUSED";
          break;
        case "WITHDRAW":
        case "RELEASE":
          this.takeBack(charge, attempt);
          this.releaseOneOffs(charge);
          if (charge.attempts.length > 0 || (charge.confirmed && !waitsForStock(decision))) {
            if (decision.kind === "WITHDRAW") this.giveUp(charge, decision.outcome, now);
            else Object.assign(charge, { state: stateBefore(charge), nextActionAt: decision.until });
            if (waitsForStock(decision)) this.noteWait(charge, now);
          } else this.forget(charge, decision, now);
      }
    }
    return Promise.resolve();
  }

  sending(intents: readonly Intent[], now: Date, leaseUntil: Date): Promise<Intent[]> {
    return Promise.resolve(
      intents.flatMap((intent): Intent[] => {
        const charge = this.charges.get(intent.chargeId);
        const attempt = charge?.attempts.at(-1);
        if (!charge || !attempt || attempt.attemptId !== intent.attempt.attemptId || !isUnsent(attempt)) return [];
        const isMine = charge.nextActionAt?.getTime() === intent.leaseUntil.getTime();
        if (!isMine || !NOT_ANSWERED.includes(charge.state)) return [];
        const contract = charge.cycleEdited ? undefined : this.contracts.get(charge.contractId);
        const { lines, expectedAmount } = contract ?? charge;
        Object.assign(charge, { state: "SENDING", nextActionAt: leaseUntil, updatedAt: now, lines, expectedAmount });
        Object.assign(attempt, { state: "SENDING", sentAt: now });
        return [{ ...intent, leaseUntil, state: "SENDING", lines, expectedAmount }];
      }),
    );
  }

  private takeBack(charge: MemoryCharge, attempt: MemoryAttempt): void {
    charge.attempts.splice(charge.attempts.indexOf(attempt), 1);
    this.byKey.delete(attempt.idempotencyKey);
  }

  private noteWait(charge: MemoryCharge, now: Date): void {
    const cycle = this.cycle(charge);
    if (!cycle || cycle.waitReason === "STOCK") return;
    Object.assign(cycle, { waitReason: "STOCK", waitSince: charge.firstFailedAt ?? now });
  }

  private forget(
    charge: MemoryCharge,
    decision: Extract<Sent["decision"], { kind: "WITHDRAW" | "RELEASE" }>,
    now: Date,
  ): void {
    const cycle = this.cycle(charge);
    this.charges.delete(charge.chargeId);
    this.notOver.delete(charge);
    const own = this.chargesOf(charge.contractId);
    own.splice(own.indexOf(charge), 1);
    if (!cycle) return;
    cycle.claimed = false;
    if (decision.kind === "WITHDRAW") Object.assign(cycle, { outcome: decision.outcome, ...noWait });
    else putOffCycle(cycle, decision.until, decision.reason, now);
  }

  adjusted(chargeId: string, { lines, expectedAmount, oneOffs }: Adjustment): Promise<void> {
    const charge = this.charges.get(chargeId);
    if (!charge || !NOT_ANSWERED.includes(charge.state)) return Promise.resolve();
    Object.assign(charge, { lines, expectedAmount, cycleEdited: true });
    const { cycleIndex } = charge;
    for (const oneOff of this.oneOffsOf(charge)) {
      oneOff.cycleIndex = oneOffs.includes(oneOff.oneOffId) ? cycleIndex : null;
    }
    return Promise.resolve();
  }

  /** Those that wait, and those that an earlier try has put on the cycle. */
  private oneOffsOf({ contractId, cycleIndex }: CycleId): MemoryOneOff[] {
    const all = this.contracts.get(contractId)?.oneOffs ?? [];
    return all.filter((each) => each.chargedAt === null && (each.cycleIndex ?? cycleIndex) === cycleIndex);
  }

  private releaseOneOffs(id: CycleId): void {
    for (const oneOff of this.oneOffsOf(id)) oneOff.cycleIndex = null;
  }

  private chargeOneOffs(id: CycleId, now: Date): void {
    for (const oneOff of this.oneOffsOf(id)) if (oneOff.cycleIndex !== null) oneOff.chargedAt = now;
  }

  pausing(chargeId: string, now: Date): Promise<void> {
    const contract = this.contracts.get(this.charges.get(chargeId)?.contractId ?? "");
    if (!contract) return Promise.resolve();
    contract.dunningPausedAt ??= now;
    this.skipMissed(contract.contractId, now);
    return Promise.resolve();
  }

  ended(chargeId: string, outcome: Parameters<ChargeStore["ended"]>[1], now: Date): Promise<void> {
    const charge = this.charges.get(chargeId);
    if (charge && charge.state !== "FAILED") this.liftPause(charge.contractId);
    if (charge?.state !== "FAILED") return Promise.resolve();
    if (outcome === "PAUSED") Object.assign(charge, { nextActionAt: null, updatedAt: now });
    else {
      this.giveUp(charge, outcome, now);
      if (outcome === "SKIPPED_DUNNING") this.skipMissed(charge.contractId, now);
    }
    return Promise.resolve();
  }

  putOff(chargeIds: readonly string[], until: Date): Promise<void> {
    for (const chargeId of chargeIds) {
      const charge = this.charges.get(chargeId);
      if (charge?.nextActionAt) charge.nextActionAt = until;
    }
    return Promise.resolve();
  }

  settle(outcomes: readonly AttemptOutcome[], now: Date): Promise<Set<string>> {
    const own = new Set<string>();
    for (const outcome of newestOf(outcomes, now)) {
      const found = this.byKey.get(outcome.idempotencyKey);
      if (!found) continue;
      own.add(outcome.idempotencyKey);
      this.settleOne(found.charge, found.attempt, outcome, now);
    }
    return Promise.resolve(own);
  }

  private settleOne(charge: MemoryCharge, attempt: MemoryAttempt, outcome: AttemptOutcome, now: Date): void {
    // Lists that tell of what is paid make up most of what is ever told.
    if (charge.state === "PAID" && (attempt.state === "SUCCESS" || outcome.state !== "SUCCESS")) return;
    const { state, declines, gatewayTroubles, firstFailedAt, declineClass, nextActionAt, remindedAt } = charge;
    const standing = {
      ...{ state, declines, gatewayTroubles, firstFailedAt, declineClass, nextActionAt, remindedAt },
      expectedAmount: charge.expectedAmount,
      currencyCode: charge.currencyCode,
      attemptState: attempt.state,
      attemptNumber: attempt.number,
      isLatestAttempt: charge.attempts.at(-1) === attempt,
      sentAt: attempt.sentAt,
    };
    const result = transition(standing, outcome, this.settings, now);
    if (result.kind === "NOTHING") return;
    attempt.shopifyId = outcome.shopifyId;
    charge.updatedAt = now;
    switch (result.kind) {
      case "PAID": {
        const paidAt = outcome.completedAt ?? now;
        const { differsBy } = result;
        Object.assign(charge, {
          ...atRest,
          state: "PAID",
          paidAt,
          paidAmount: outcome.order?.total ?? null,
          errorCode: null,
          differsBy,
        });
        attempt.state = "SUCCESS";
        const cycle = this.cycle(charge);
        if (cycle) Object.assign(cycle, { outcome: "BILLED", ...noWait });
        this.chargeOneOffs(charge, now);
        this.liftPause(charge.contractId);
        if (result.recovered && this.settings.missedCycles === "SKIP") this.skipMissed(charge.contractId, now);
        break;
      }
      case "FAILED": {
        const { kind, ...failed } = result;
        Object.assign(charge, { ...failed, state: kind });
        // An open challenge stays open at Shopify.
        attempt.state = outcome.state;
        break;
      }
      case "PARKED": {
        const { reason, errorCode, declineClass } = result;
        Object.assign(charge, { ...atRest, state: "PARKED", parkedReason: reason, errorCode, declineClass });
        attempt.state = "FAILED";
        break;
      }
      case "TWICE":
        charge.differsBy = outcome.order?.total ?? charge.expectedAmount;
        attempt.state = "FAILED";
        break;
      case "ATTEMPT_FAILED":
        attempt.state = "FAILED";
        break;
      case "ACTION_REQUIRED":
        Object.assign(charge, { state: "ACTION_REQUIRED", nextActionAt: result.nextActionAt, dunningEndsAt: null });
        if (result.remind) charge.remindedAt = now;
        attempt.state = "ACTION_REQUIRED";
        break;
      case "STILL_PENDING":
        Object.assign(charge, { state: "PENDING", nextActionAt: result.nextActionAt, dunningEndsAt: null });
        attempt.state = "PENDING";
    }
  }

  /** Whoever carries out a simulation's acts resumes it; what passes until then is paused by nobody any more. */
  private liftPause(contractId: string): void {
    const contract = this.contracts.get(contractId);
    if (contract?.status === "PAUSED" && !this.isHeld(contractId)) contract.dunningPausedAt = null;
  }

  /** Cycles that passed while an earlier one was in dunning. */
  private skipMissed(contractId: string, now: Date): void {
    for (const cycle of this.contracts.get(contractId)?.cycles ?? []) {
      if (cycle.outcome !== null || cycle.claimed || cycle.dueAt > now) continue;
      Object.assign(cycle, { outcome: "SKIPPED_DUNNING", ...noWait });
    }
  }

  private giveUp(charge: MemoryCharge, outcome: Exclude<CycleOutcome, "BILLED">, now: Date): void {
    Object.assign(charge, { ...atRest, state: "SKIPPED", skippedReason: outcome, updatedAt: now });
    this.givenUp.add(charge);
    const cycle = this.cycle(charge);
    if (cycle) Object.assign(cycle, { outcome, ...noWait });
    this.releaseOneOffs(charge);
  }

  private newCharge(
    { contractId, cycleIndex }: CycleId,
    { lines, expectedAmount, currencyCode }: Pick<Claim, "lines" | "expectedAmount" | "currencyCode">,
    now: Date,
    rest: Pick<MemoryCharge, "state"> & Partial<MemoryCharge>,
  ): MemoryCharge {
    const charge: MemoryCharge = {
      chargeId: this.nextId(),
      contractId,
      cycleIndex,
      lines,
      expectedAmount,
      currencyCode,
      claimedAt: now,
      updatedAt: now,
      nextActionAt: null,
      dunningEndsAt: null,
      paidAt: null,
      paidAmount: null,
      differsBy: null,
      parkedReason: null,
      skippedReason: null,
      errorCode: null,
      declineClass: null,
      declines: 0,
      gatewayTroubles: 0,
      firstFailedAt: null,
      remindedAt: null,
      confirmed: false,
      cycleEdited: false,
      attempts: [],
      ...rest,
    };
    this.charges.set(charge.chargeId, charge);
    this.notOver.add(charge);
    this.chargesOf(contractId).push(charge);
    return charge;
  }

  private newAttempt(charge: MemoryCharge, idempotencyKey: string, now: Date): MemoryAttempt {
    const attempt: MemoryAttempt = {
      attemptId: this.nextId(),
      number: charge.attempts.length + 1,
      idempotencyKey,
      shopifyId: null,
      state: "SENDING",
      sentAt: now,
    };
    charge.attempts.push(attempt);
    this.byKey.set(idempotencyKey, { charge, attempt });
    return attempt;
  }

  private open(charge: MemoryCharge): OpenCharge {
    const contract = this.contracts.get(charge.contractId);
    if (!contract) throw new Error(`Charge ${charge.chargeId} is of no contract.`);
    const cycle = this.cycle(charge);
    const attempt = charge.attempts.at(-1);
    return {
      ...this.facts(contract),
      chargeId: charge.chargeId,
      cycleIndex: charge.cycleIndex,
      state: charge.state,
      expectedAt: cycle?.expectedAt ?? charge.claimedAt,
      attempt: attempt ? openAttempt(attempt) : null,
      claimedAt: charge.claimedAt,
      confirmed: charge.confirmed,
      leaseUntil: charge.nextActionAt ?? charge.updatedAt,
      firstFailedAt: charge.firstFailedAt,
      declineClass: charge.declineClass,
      errorCode: charge.errorCode,
      dunningEndsAt: charge.dunningEndsAt,
      waitSince: cycle?.waitReason === "STOCK" ? cycle.waitSince : null,
      cycleEdited: charge.cycleEdited,
      oneOffs: this.oneOffsOf(charge).map(({ oneOffId, variantId, title, quantity, price }) => ({
        ...{ oneOffId, variantId, title, quantity, price },
      })),
    };
  }

  private intent(charge: MemoryCharge, attempt: MemoryAttempt): Intent {
    return { ...this.open(charge), attempt: openAttempt(attempt) };
  }

  private facts(contract: MemoryContract): ContractFacts {
    const { contractId, contractShopifyId, status, revisionId, originOrderId, currencyCode } = contract;
    const { billingInterval, billingIntervalCount, lines, expectedDelivery, expectedAmount } = contract;
    const { foreignSeenAt, paymentMethodChangedAt, dunningPausedAt } = contract;
    return {
      ...{ contractId, contractShopifyId, status, revisionId, originOrderId, currencyCode },
      ...{ billingInterval, billingIntervalCount, lines, expectedDelivery, expectedAmount },
      ...{ foreignSeenAt, paymentMethodChangedAt, dunningPausedAt },
      lastPaidAt: this.lastPaidAt(contractId),
      unreadableSince: null,
      changingSince: contract.changingSince ?? null,
      discountsUsed: false,
    };
  }

  private cycle({ contractId, cycleIndex }: CycleId): MemoryCycle | undefined {
    return this.contracts.get(contractId)?.cycles.find((cycle) => cycle.cycleIndex === cycleIndex);
  }

  private openCycle(id: CycleId): MemoryCycle | undefined {
    const cycle = this.cycle(id);
    return cycle && cycle.outcome === null && !cycle.claimed ? cycle : undefined;
  }

  /** A contract's charges, oldest first. */
  chargesOf(contractId: string): MemoryCharge[] {
    const known = this.byContract.get(contractId);
    if (known) return known;
    const none: MemoryCharge[] = [];
    this.byContract.set(contractId, none);
    return none;
  }

  private chargeOf({ contractId, cycleIndex }: CycleId): MemoryCharge | undefined {
    return this.chargesOf(contractId).find((charge) => charge.cycleIndex === cycleIndex);
  }

  private isHeld(contractId: string): boolean {
    return this.chargesOf(contractId).some(({ state }) => HOLDING_STATES.includes(state));
  }

  private lastPaidAt(contractId: string): Date | null {
    const paid = this.chargesOf(contractId).flatMap(({ paidAt }) => (paidAt ? [paidAt.getTime()] : []));
    return paid.length > 0 ? new Date(Math.max(...paid)) : null;
  }

  private nextId(): string {
    this.lastId += 1;
    return `memory-${this.lastId}`;
  }
}

function earliestOpen({ cycles }: MemoryContract): MemoryCycle | null {
  let earliest: MemoryCycle | null = null;
  for (const cycle of cycles) {
    if (cycle.outcome !== null || cycle.claimed) continue;
    if (earliest === null || cycle.cycleIndex < earliest.cycleIndex) earliest = cycle;
  }
  return earliest;
}

const isChanging = ({ changingSince = null }: MemoryContract, now: Date): boolean =>
  isBeingChanged({ changingSince }, now);

const noWait = { waitReason: null, waitSince: null } as const;
const atRest = { nextActionAt: null, dunningEndsAt: null, parkedReason: null } as const;

/** A card that no try has met. Having no first failure, a charge that has been given its fresh tries is not taken for one. */
const hasNewCard = (charge: MemoryCharge, { paymentMethodChangedAt }: MemoryContract): boolean => {
  const last = charge.attempts.at(-1);
  if (!last || paymentMethodChangedAt === null || charge.firstFailedAt === null) return false;
  return MAY_TRY_AGAIN.includes(last.state) && paymentMethodChangedAt > last.sentAt;
};

const isUnsent = ({ state }: MemoryAttempt): boolean => state === "INTENT" || state === "SENDING";

const isOpen = ({ state }: MemoryAttempt): boolean => state === "PENDING" || state === "ACTION_REQUIRED";

const openAttempt = ({ attemptId, number, idempotencyKey, state, shopifyId }: MemoryAttempt): OpenAttempt => ({
  attemptId,
  number,
  idempotencyKey,
  state,
  shopifyId,
});

const waitsForStock = (decision: Sent["decision"]): boolean =>
  decision.kind === "RELEASE" && decision.reason === "STOCK";

/** Before its latest try, which came to nothing: declined, or let go by a person. */
const stateBefore = ({ attempts }: MemoryCharge): ChargeState => (attempts.length > 0 ? "FAILED" : "CLAIMED");

const cycleFacts = ({ cycleIndex, expectedAt, waitReason, waitSince }: MemoryCycle) => ({
  cycleIndex,
  expectedAt,
  waitReason,
  waitSince,
  inGap: false,
});

function putOffCycle(cycle: MemoryCycle, until: Date, reason: WaitReason | null, now: Date): void {
  if (reason === null && (cycle.waitReason === "STOCK" || until <= now)) {
    cycle.dueAt = until;
    return;
  }
  const waitSince = reason === null ? null : cycle.waitReason === reason ? cycle.waitSince : now;
  Object.assign(cycle, { dueAt: until, waitReason: reason, waitSince });
}
