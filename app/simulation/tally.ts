import { Decimal } from "decimal.js";

import type { MemoryCharge } from "~/billing/ledger/charge-store.memory";
import { money } from "~/money/money";
import type { Money } from "~/money/money";
import { localDate } from "~/schedule/due";

import type { ForecastShop } from "./forecast";
import type { Run, RunDay, RunExample } from "./report";
import type { ShopCopy } from "./shop-copy.server";
import { stateOf } from "./simulated-contract";

const DAY_MS = 86_400_000;
const QUARTER_MS = 15 * 60_000;
/** Of each kind, so that a merchant has somewhere to click. */
const EXAMPLES_OF_A_KIND = 3;

/** What a forecast came to, in the figures of the page. @param from, to the days that were run */
export function tally(after: ForecastShop, before: ShopCopy, from: Date, to: Date): Run {
  const { shop, paused, cancelled } = after;
  const known = new Map(before.contracts.flatMap(({ charges }) => charges.map((charge) => [charge.chargeId, charge])));
  const days = new Days(shop.settings.timeZone, from, to);
  const sums = { amount: new Sums(), recoveredAmount: new Sums() };
  const run = { charged: 0, retried: 0, recovered: 0, failedForGood: 0, parked: 0 };
  const examples = new Examples();

  for (const charge of shop.store.charges.values()) {
    const was = known.get(charge.chargeId);
    const amount = money(charge.expectedAmount, charge.currencyCode);
    const tries = charge.attempts.filter(({ sentAt }) => sentAt > from);
    const again =
      was && was.attempts.length > 0 && was.state === "FAILED" ? tries.length : Math.max(0, tries.length - 1);
    run.retried += again;
    if (again > 0) examples.add("RETRIED", charge, tries.at(-1)?.sentAt ?? from, amount);
    if (charge.state === "PAID" && was?.state !== "PAID") {
      const at = charge.paidAt ?? from;
      run.charged += 1;
      sums.amount.add(amount);
      days.charged(at, amount);
      examples.add("CHARGED", charge, at, amount);
      if (charge.firstFailedAt !== null) {
        run.recovered += 1;
        sums.recoveredAmount.add(amount);
      }
    }
    if (isGivenUp(charge) && !(was && isGivenUp(was))) run.failedForGood += 1;
    if (charge.state === "PARKED" && was?.state !== "PARKED") {
      run.parked += 1;
      examples.add("PARKED", charge, charge.updatedAt, amount);
    }
  }
  for (const attempt of shop.shopify.attempts) {
    if (stateOf(attempt, Infinity) === "FAILED") days.failed(new Date(attempt.completedAt ?? attempt.createdAt));
  }
  for (const [contractId, at] of paused) examples.of("PAUSED", contractId, at, after);
  for (const [contractId, at] of cancelled) examples.of("CANCELLED", contractId, at, after);
  return {
    ...run,
    amount: sums.amount.all(),
    recoveredAmount: sums.recoveredAmount.all(),
    paused: paused.size,
    cancelled: cancelled.size,
    skipped: skipped(after, from, to, examples),
    byDay: days.all(),
    examples: examples.all(),
  };
}

const isGivenUp = ({ state, nextActionAt, firstFailedAt }: MemoryCharge): boolean =>
  firstFailedAt !== null && (state === "SKIPPED" || (state === "FAILED" && nextActionAt === null));

function skipped(after: ForecastShop, from: Date, to: Date, examples: Examples): number {
  let count = 0;
  for (const { contractId, cycles } of after.shop.mirror.values()) {
    for (const { outcome, dueAt } of cycles) {
      if (outcome === null || !outcome.startsWith("SKIPPED") || dueAt < from || dueAt > to) continue;
      count += 1;
      examples.of("SKIPPED", contractId, dueAt.getTime(), after);
    }
  }
  return count;
}

/** Money by currency. */
class Sums {
  private readonly byCurrency = new Map<string, Decimal>();

  add({ amount, currencyCode }: Money): void {
    this.byCurrency.set(currencyCode, (this.byCurrency.get(currencyCode) ?? new Decimal(0)).plus(amount));
  }

  all(): Money[] {
    return [...this.byCurrency].map(([currencyCode, amount]) => money(amount, currencyCode));
  }
}

/** The shop's own calendar days, empty ones too. */
class Days {
  private readonly days = new Map<string, { charged: number; failed: number; sums: Sums }>();
  private readonly dates = new Map<number, string>();

  constructor(
    private readonly timeZone: string,
    from: Date,
    to: Date,
  ) {
    for (let at = from.getTime(); at < to.getTime(); at += DAY_MS / 2) this.day(new Date(at));
    this.day(to);
  }

  charged(at: Date, amount: Money): void {
    const day = this.day(at);
    day.charged += 1;
    day.sums.add(amount);
  }

  failed(at: Date): void {
    this.day(at).failed += 1;
  }

  all(): RunDay[] {
    return [...this.days]
      .map(([date, { charged, failed, sums }]) => ({ date, charged, failed, amount: sums.all() }))
      .sort((one, other) => (one.date < other.date ? -1 : 1));
  }

  private day(at: Date) {
    // No zone changes its date within a quarter of an hour that begins on the quarter.
    const quarter = Math.floor(at.getTime() / QUARTER_MS);
    let date = this.dates.get(quarter);
    if (date === undefined) {
      date = localDate(at, this.timeZone);
      this.dates.set(quarter, date);
    }
    let day = this.days.get(date);
    if (!day) {
      day = { charged: 0, failed: 0, sums: new Sums() };
      this.days.set(date, day);
    }
    return day;
  }
}

class Examples {
  private readonly kinds = new Map<RunExample["what"], RunExample[]>();

  add(what: RunExample["what"], { contractId }: { contractId: string }, at: Date, amount: Money): void {
    const examples = this.kinds.get(what) ?? [];
    this.kinds.set(what, examples);
    const isKnown = examples.some((example) => example.contractId === contractId);
    if (examples.length < EXAMPLES_OF_A_KIND && !isKnown)
      examples.push({ contractId, what, at: at.toISOString(), amount });
  }

  of(what: RunExample["what"], contractId: string, at: number, { shop }: ForecastShop): void {
    const row = shop.store.contract(contractId);
    if (row) this.add(what, row, new Date(at), money(row.expectedAmount, row.currencyCode));
  }

  all(): RunExample[] {
    return [...this.kinds.values()].flat();
  }
}
