import { realTime } from "~/lib/real-time";
import type { RealTime } from "~/lib/real-time";

import { RateBudget } from "./rate-budget";
import type { AnsweredCost, CallPriority, CallShape, TakenPoints, ThrottleStatus } from "./rate-budget";

/** A person would rather be told than look at a page for longer than this. */
const LONGEST_PAGE_WAIT_MS = 10_000;
/** Well below a charge's lease of five minutes, so that a call in the line can't outlive it. */
const LONGEST_BACKGROUND_WAIT_MS = 60_000;

const LONGEST_WAIT_MS: Record<CallPriority, number> = {
  page: LONGEST_PAGE_WAIT_MS,
  background: LONGEST_BACKGROUND_WAIT_MS,
};

interface Waiter {
  shape: CallShape;
  priority: CallPriority;
  /** Real time after which it is no longer waited for. */
  deadline: number;
  go(taken: TakenPoints | null): void;
}

/**
 * The line in front of one shop's bucket: calls go in the order in which they came, pages before background work, each
 * when the bucket holds its points. Shared by everything that one process asks of one shop.
 */
export class RateLine {
  private readonly budget: RateBudget;
  private readonly lines: Record<CallPriority, Waiter[]> = { page: [], background: [] };
  /** When the line is looked at again, in real time; null: nobody waits. */
  private nextLook: number | null = null;
  /** A wait that a test cuts short counts as waited. */
  private ahead = 0;

  constructor(private readonly time: RealTime = realTime) {
    this.budget = new RateBudget(time.now());
  }

  /** Real time as the line reckons it, in milliseconds. */
  now(): number {
    return this.time.now() + this.ahead;
  }

  /** Points as far as we know, after everything that is on its way. */
  status(): ThrottleStatus {
    return this.budget.status(this.now());
  }

  /**
   * Waits until the call may go. Give what it resolves to back to `leave`.
   * @param again a call that was throttled although it had its turn stands at the head of the line, and does not wait
   *   longer in all than any other
   * @returns null when it would have to wait for too long
   */
  enter(shape: CallShape, priority: CallPriority, again?: { since: number }): Promise<TakenPoints | null> {
    const now = this.now();
    const longest = LONGEST_WAIT_MS[priority];
    if (!again && this.waitBehind(shape, priority, now) > longest) return Promise.resolve(null);
    return new Promise((resolve) => {
      const waiter = { shape, priority, deadline: (again?.since ?? now) + longest, go: resolve };
      if (again) this.lines[priority].unshift(waiter);
      else this.lines[priority].push(waiter);
      this.letGo();
    });
  }

  /** The call was answered, or will never be: its answer's cost, null when there is none, "THROTTLED" for a bare 429. */
  leave(taken: TakenPoints, cost: AnsweredCost | "THROTTLED" | null): void {
    const now = this.now();
    if (cost !== null && cost !== "THROTTLED") this.budget.answered(taken, cost, now);
    else this.budget.unanswered(taken);
    if (cost === "THROTTLED") this.budget.drained(now);
    this.letGo();
  }

  /** Nobody waits, nothing is on its way, and the bucket is full. */
  idle(): boolean {
    return this.lines.page.length + this.lines.background.length === 0 && this.budget.idle(this.now());
  }

  /** Milliseconds that a call would wait behind those that stand before it. */
  private waitBehind(shape: CallShape, priority: CallPriority, now: number): number {
    const before = priority === "page" ? this.lines.page : [...this.lines.page, ...this.lines.background];
    const points = before.reduce((sum, waiter) => sum + this.budget.estimate(waiter.shape), 0);
    const alone = this.budget.waitMs(this.budget.estimate(shape), priority, now);
    return alone + (points / this.budget.status(now).restoreRate) * 1000;
  }

  private letGo(): void {
    for (;;) {
      // A page's call that waits for points would wait longer if background work took them.
      const line = this.lines.page.length > 0 ? this.lines.page : this.lines.background;
      const [first] = line;
      if (!first) return;
      const now = this.now();
      const wait = this.budget.waitMs(this.budget.estimate(first.shape), first.priority, now);
      if (wait > 0 && now < first.deadline) return this.lookAgain(Math.min(wait, first.deadline - now));
      line.shift();
      first.go(wait > 0 ? null : this.budget.take(first.shape, now));
    }
  }

  private lookAgain(wait: number): void {
    const due = this.now() + wait;
    if (this.nextLook !== null && this.nextLook <= due) return;
    this.nextLook = due;
    void this.time.wait(wait).then(() => {
      this.ahead = Math.max(this.ahead, due - this.time.now());
      if (this.nextLook === due) this.nextLook = null;
      this.letGo();
    });
  }
}

/** Lines that a process keeps; beyond this the idle ones are forgotten, which costs nothing but what they knew. */
const LINES_KEPT = 5000;

/** One line for each shop that this process talks to. */
export class RateLines {
  private readonly lines = new Map<string, RateLine>();

  constructor(private readonly time: RealTime = realTime) {}

  /** @param shopDomain "kaffebonna.myshopify.com" */
  of(shopDomain: string): RateLine {
    const known = this.lines.get(shopDomain);
    if (known) return known;
    if (this.lines.size >= LINES_KEPT) this.forgetIdle();
    const line = new RateLine(this.time);
    this.lines.set(shopDomain, line);
    return line;
  }

  private forgetIdle(): void {
    for (const [shopDomain, line] of this.lines) if (line.idle()) this.lines.delete(shopDomain);
  }
}
