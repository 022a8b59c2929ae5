import { TestClock } from "pg-boss";
import type { AttachableClock, ClockTimer } from "pg-boss";

const LONGEST_WAIT_MS = 60_000;
/** How long a job may run (queue.server.ts), in real time: a run of a thousand renewals takes longer than a minute. */
const LONGEST_JOB_MS = 15 * 60_000;

/**
 * pg-boss's clock in the demo: what is due is decided by the demo's time, in JavaScript and in SQL alike, while polling
 * and heartbeats go on in real time so that work is picked up at once.
 */
export class DemoBossClock implements AttachableClock {
  private readonly inner: TestClock;

  constructor(now: Date) {
    this.inner = new TestClock(now);
  }

  now(): number {
    return this.inner.now();
  }

  async moveTo(now: Date): Promise<void> {
    if (now.getTime() !== this.inner.now()) await this.inner.setTime(now);
  }

  /** Set back in time, pg-boss reckons waits of months, which Node would cut to a millisecond; it looks again itself. */
  setTimeout(fn: () => void, ms: number): ClockTimer {
    return setTimeout(fn, ms > LONGEST_JOB_MS ? LONGEST_WAIT_MS : ms);
  }

  clearTimeout(timer: ClockTimer): void {
    clearTimeout(timer as NodeJS.Timeout);
  }

  setInterval(fn: () => void, ms: number): ClockTimer {
    return setInterval(fn, ms);
  }

  clearInterval(timer: ClockTimer): void {
    clearInterval(timer as NodeJS.Timeout);
  }

  /** The time stays in the database when a worker stops: another one may go on by it, and nobody else reads it. */
  async attach(target: Parameters<AttachableClock["attach"]>[0]): Promise<AsyncDisposable> {
    await this.inner.attach(target);
    return { [Symbol.asyncDispose]: () => Promise.resolve() };
  }
}
