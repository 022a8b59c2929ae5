import type { ActResult, BillerPorts, ContractActs, Gate, Pace, StockDecision, StockDesk } from "~/billing/biller";
import { MemoryChargeStore } from "~/billing/ledger/charge-store.memory";
import type { MemoryContract, MemoryCycle } from "~/billing/ledger/charge-store.memory";
import type { Intent } from "~/billing/ledger/charge-store";
import type { ExpectedLine } from "~/billing/engine";
import { dueOf } from "~/schedule/due-of";
import { allowance, paceAfter, UNLIMITED } from "~/billing/pace";
import type { BillingSettings } from "~/billing/settings/settings";
import { decideStock } from "~/billing/stock";
import { cycleOutcome, isEnded, isHeld } from "~/contracts/cycle-rules";

import { amountOf, decimal, units } from "./simulated-contract";
import type { SimulatedContract, SimulatedLine } from "./simulated-contract";
import { CURRENCY, outcomeOf, ShopifyViews } from "./simulated-gate";
import type { SimulatedShopify } from "./simulated-shopify";
import type { Timeline } from "./timeline";

/** How many coming cycles a reading brings into the mirror. */
const CYCLES_READ = 4;
/** The nightly sweep looks at attempts again from this long before the last one. */
const SWEEP_OVERLAP_MS = 2 * 86_400_000;
const MINUTE_MS = 60_000;

/** Shopify's answers show the state of `lagMs` ago. */
export interface View {
  lagMs: number;
}

/** One shop's mirror and ledger in memory beside a simulated Shopify, and the ports through which the real biller works. */
export class SimulatedShop {
  readonly store: MemoryChargeStore;
  readonly mirror = new Map<string, MemoryContract>();
  private readonly views: ShopifyViews;
  /** The first index of each contract that a reading has not closed for good, so that years don't make readings slow. */
  private readonly readFrom = new Map<string, number>();

  constructor(
    readonly timeline: Timeline,
    readonly shopify: SimulatedShopify,
    readonly settings: BillingSettings,
  ) {
    this.store = new MemoryChargeStore([], settings);
    this.views = new ShopifyViews(
      shopify,
      (contractId, expectedAt) =>
        new Date(this.dueAt(this.mirror.get(contractId)?.contractId ?? contractId, expectedAt.getTime())),
    );
  }

  /** When the shop charges a cycle that is expected then. */
  dueAt(contractId: string, expectedAt: number): number {
    const name = `${contractId} ${expectedAt}`;
    let due = this.dues.get(name);
    if (due === undefined) {
      due = dueOf({ contractId, expectedAt: new Date(expectedAt) }, this.settings).getTime();
      this.dues.set(name, due);
    }
    return due;
  }
  /** Reckoning with calendars is what takes longest. */
  private readonly dues = new Map<string, number>();

  /** Everything that the biller needs, without faults. */
  ports(view: View = { lagMs: 0 }): BillerPorts {
    return {
      store: this.store,
      gate: this.gate(view),
      stock: this.stockDesk(),
      acts: this.acts(view),
      pace: this.pace(),
      settings: this.settings,
      reread: (ids) => this.reread(ids, view),
      keyOf: (contract, cycle, attempt) => `${contract}:${cycle}:${attempt}`,
      now: () => new Date(this.timeline.now),
    };
  }

  gate(view: View): Gate {
    const asOf = () => this.timeline.now - view.lagMs;
    return {
      readFeed: (mark) => Promise.resolve(this.views.feed(mark, asOf())),
      readGuards: (cycles) => Promise.resolve(cycles.map((cycle) => this.views.guard(cycle, asOf()))),
      readAttempts: (ids) => Promise.resolve(this.views.attempts(ids, asOf())),
      sendAttempts: (intents) => Promise.resolve(intents.map((intent) => this.send(intent)())),
    };
  }

  /** One aliased mutation: money moves here and nowhere else. */
  send(intent: Intent) {
    return () => this.views.send(intent, intent.attempt.idempotencyKey);
  }

  /** Takes a contract into the mirror; from then on readings keep it up to date. */
  adopt(contract: SimulatedContract, contractId: string): void {
    const row: MemoryContract = {
      contractId,
      contractShopifyId: contract.id,
      status: contract.now.status,
      revisionId: String(contract.now.revision),
      originOrderId: originOf(contract),
      billingInterval: contract.policy.interval,
      billingIntervalCount: contract.policy.intervalCount,
      lines: [],
      expectedDelivery: "0",
      expectedAmount: "0",
      currencyCode: CURRENCY,
      foreignSeenAt: null,
      paymentMethodChangedAt: null,
      dunningPausedAt: null,
      cycles: [],
    };
    this.load(contract, row);
  }

  /** Takes a contract into the mirror with what is known of it; its cycles begin with the policy's first index. */
  load(contract: SimulatedContract, row: MemoryContract): void {
    this.mirror.set(contract.id, row);
    this.cards.set(contract.id, contract.now.cardSince);
    this.store.add(row);
    this.read(contract, this.timeline.now);
  }
  private readonly cards = new Map<string, number>();

  reread(ids: readonly string[], { lagMs }: View): Promise<void> {
    for (const id of ids) this.read(this.shopify.contract(id), this.timeline.now - lagMs);
    return Promise.resolve();
  }

  /** Brings the mirror of a contract up to what Shopify had at that moment. */
  private read(contract: SimulatedContract, asOf: number): void {
    const row = this.mirror.get(contract.id);
    if (!row) return;
    const { firstIndex } = contract.policy;
    const state = contract.asOf(asOf);
    const resumed = isHeld(row.status) && state.status === "ACTIVE";
    const hasNewCard = this.cards.get(contract.id) !== state.cardSince;
    this.cards.set(contract.id, state.cardSince);
    Object.assign(row, {
      status: state.status,
      revisionId: String(state.revision),
      lines: expectedLines(state.lines),
      expectedDelivery: decimal(state.delivery),
      expectedAmount: decimal(amountOf(state)),
      ...(hasNewCard ? { paymentMethodChangedAt: new Date(this.timeline.now) } : {}),
    });
    const context = {
      now: new Date(this.timeline.now),
      installedAt: new Date(0),
      uninstalledAt: null,
      status: state.status,
      maxRenewals: contract.policy.maxCycles ?? Infinity,
      resumed,
    };
    const from = this.firstOpen(contract, row);
    const last = Math.max(contract.indexAt(this.timeline.now), from) + CYCLES_READ;
    for (let index = from; index <= last; index += 1) {
      const known = row.cycles[index - firstIndex];
      const expectedAt = new Date(contract.expectedAt(index, state));
      const moved = known?.expectedAt.getTime() !== expectedAt.getTime();
      const due = !known || moved ? new Date(this.dueAt(row.contractId, expectedAt.getTime())) : known.dueAt;
      const reading = {
        cycleIndex: index,
        expectedAt,
        billed: contract.billed(index, asOf),
        skipped: state.skipped.has(index),
      };
      const outcome = cycleOutcome(reading, known ?? null, due, context);
      if (known) Object.assign(known, { expectedAt, dueAt: due, outcome, ...(moved ? noWait : {}) });
      else row.cycles.push(newCycle(index, expectedAt, due, outcome));
    }
  }

  private firstOpen(contract: SimulatedContract, row: MemoryContract): number {
    const { id, policy } = contract;
    const { firstIndex } = policy;
    let from = this.readFrom.get(id) ?? firstIndex;
    for (let cycle = row.cycles[from - firstIndex]; cycle; cycle = row.cycles[from - firstIndex]) {
      const isOver = cycle.outcome !== null && contract.cycle(cycle.cycleIndex).endAt < this.timeline.now;
      if (!isOver) break;
      from += 1;
    }
    this.readFrom.set(id, from);
    return from;
  }

  private sweptAt = 0;

  /**
   * The nightly sweep: everything is read again, attempts that the ledger has open however old they are; and what
   * Shopify calls billed and the ledger does not know is booked, also of cycles that a reading has closed.
   * @returns how many cycles were booked
   */
  async sweep({ lagMs }: View): Promise<number> {
    const asOf = this.timeline.now - lagMs;
    const { attempts } = this.shopify;
    const since = this.sweptAt - SWEEP_OVERLAP_MS;
    const recent = [];
    for (let place = attempts.length - 1; place >= 0; place -= 1) {
      const attempt = attempts[place];
      if (!attempt || attempt.createdAt < since) break;
      if (attempt.createdAt <= asOf) recent.push(attempt);
    }
    const now = new Date(this.timeline.now);
    const open = this.views.attempts(this.store.openWithoutLook(), asOf);
    const seen = [
      ...recent.reverse().map((attempt) => outcomeOf(attempt, asOf)),
      ...open.map(({ outcome }) => outcome),
    ];
    await this.store.settle(seen, now);
    const unbooked = [];
    for (const contract of this.shopify.contracts.values()) this.read(contract, asOf);
    for (const { contractId, cycleIndex } of recent) this.readCycle(contractId, cycleIndex, asOf);
    for (const contract of this.shopify.contracts.values()) {
      const row = this.mirror.get(contract.id);
      for (const cycle of row?.cycles ?? []) {
        if (!row || cycle.outcome !== "BILLED" || cycle.claimed) continue;
        const own = contract.attempts.find(
          ({ cycleIndex, result, inCycleList }) =>
            cycleIndex === cycle.cycleIndex && result?.kind === "SUCCESS" && inCycleList,
        );
        const attempt = own ? outcomeOf(own, asOf) : null;
        const { contractId, expectedAmount, currencyCode } = row;
        unbooked.push({ contractId, cycleIndex: cycle.cycleIndex, attempt, expectedAmount, currencyCode });
      }
    }
    await this.store.adopt(unbooked, now);
    this.sweptAt = asOf;
    return unbooked.length;
  }

  /** A closed cycle is not among those that are read again; whoever charges it all the same is seen by the attempt. */
  private readCycle(contractShopifyId: string, cycleIndex: number | null, asOf: number): void {
    const contract = this.shopify.contract(contractShopifyId);
    const cycle = this.mirror.get(contractShopifyId)?.cycles.find((each) => each.cycleIndex === cycleIndex);
    if (cycle && !cycle.claimed && contract.billed(cycle.cycleIndex, asOf)) cycle.outcome = "BILLED";
  }

  acts(view: View): ContractActs {
    const act = async (contractId: string, what: (shopifyId: string) => void): Promise<ActResult> => {
      const row = this.store.contract(contractId);
      if (!row) return "ENDED";
      const contract = this.shopify.contract(row.contractShopifyId);
      const wasEnded = isEnded(contract.now.status);
      what(contract.id);
      await this.reread([contract.id], view);
      return wasEnded ? "ENDED" : "DONE";
    };
    return {
      pause: (id) => act(id, (shopifyId) => this.shopify.pause(shopifyId)),
      resume: (id) => act(id, (shopifyId) => this.shopify.resume(shopifyId)),
      cancel: (id) => act(id, (shopifyId) => this.shopify.cancel(shopifyId)),
    };
  }

  stockDesk(): StockDesk {
    return {
      decide: (intents) => Promise.resolve(intents.map((intent) => this.stockOf(intent))),
      undo: (intent) => {
        const contract = this.shopify.contract(intent.contractShopifyId);
        const cycleLines = new Map(contract.now.cycleLines);
        cycleLines.delete(intent.cycleIndex);
        contract.change(this.timeline.now, { cycleLines });
        return Promise.resolve(true);
      },
    };
  }

  /** By the real stock rules; a changed cycle is put back once everything is there again. */
  private stockOf({ contractShopifyId, cycleIndex, cycleEdited, lines, oneOffs: asked }: Intent): StockDecision {
    const { stock } = this.shopify;
    if (stock.size === 0 && asked.length === 0 && !cycleEdited) return { kind: "SEND" };
    const levels = new Map(
      [...lines, ...asked].flatMap(({ variantId, title, price }) =>
        variantId === null ? [] : [[variantId, { available: stock.get(variantId) ?? null, price, title }] as const],
      ),
    );
    const verdict = decideStock(lines, levels, this.settings, asked);
    if (verdict.kind === "WAIT") return { kind: "WAIT", titles: verdict.lines.map(({ title }) => title) };
    if (verdict.kind === "SKIP" || (verdict.kind === "SEND" && !cycleEdited)) return verdict;
    const contract = this.shopify.contract(contractShopifyId);
    const changes = verdict.kind === "CHANGE" ? verdict.changes : [];
    const oneOffs = verdict.kind === "CHANGE" ? verdict.oneOffs : [];
    const kept = contract.now.lines.flatMap((line): SimulatedLine[] => {
      const change = changes.find((each) => each.line.lineShopifyId === line.id);
      if (!change) return [line];
      if (change.kind === "REMOVE") return [];
      return [
        change.kind === "QUANTITY" ? { ...line, quantity: change.quantity } : { ...line, variantId: change.variantId },
      ];
    });
    const added = oneOffs.map(({ oneOffId: id, variantId, quantity, price }): SimulatedLine => {
      return { id, variantId, quantity, price: units(price) };
    });
    const changed = [...kept, ...added];
    const cycleLines = new Map(contract.now.cycleLines);
    if (changes.length + added.length > 0) cycleLines.set(cycleIndex, changed);
    else cycleLines.delete(cycleIndex);
    contract.change(this.timeline.now, { cycleLines });
    return {
      kind: "CHANGED",
      lines: expectedLines(changed),
      expectedAmount: decimal(amountOf({ ...contract.now, lines: changed })),
      oneOffs: oneOffs.map(({ oneOffId }) => oneOffId),
    };
  }

  pace(): Pace {
    let pace = UNLIMITED;
    let window = { began: 0, accepted: 0 };
    const inMinute = (now: Date) => {
      if (now.getTime() - window.began >= MINUTE_MS) window = { began: now.getTime(), accepted: 0 };
      return window;
    };
    return {
      allowance: (now) => allowance(pace, inMinute(now).accepted, now),
      sent: ({ accepted, throttled }, now) => {
        const { began } = inMinute(now);
        window.accepted += accepted;
        const windowMs = now.getTime() - began;
        if (throttled) pace = paceAfter(pace, { accepted: window.accepted, throttled: 1, windowMs, now });
        return Promise.resolve();
      },
    };
  }

  /** The next moment at which the biller has something to do; null: never. */
  nextMoment(): number | null {
    return this.store.nextMoment()?.getTime() ?? null;
  }
}

const originOf = (contract: SimulatedContract): string | null => {
  const result = contract.attempts.find(({ origin }) => origin === "checkout")?.result;
  return result?.kind === "SUCCESS" ? result.orderId : null;
};

const expectedLines = (lines: readonly SimulatedLine[]): ExpectedLine[] =>
  lines.map(({ id, variantId, quantity, price }) => ({
    lineShopifyId: id,
    variantId,
    title: variantId,
    quantity,
    price: decimal(price),
  }));

const noWait = { waitReason: null, waitSince: null } as const;

const newCycle = (cycleIndex: number, expectedAt: Date, due: Date, outcome: MemoryCycle["outcome"]): MemoryCycle => ({
  cycleIndex,
  expectedAt,
  dueAt: due,
  outcome,
  claimed: false,
  ...noWait,
});
