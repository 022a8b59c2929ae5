import { TestClock } from "pg-boss";
import type { AttachableClock, ClockTimer } from "pg-boss";

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

  setTimeout(fn: () => void, ms: number): ClockTimer {
    return setTimeout(fn, ms);
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

  attach(target: Parameters<AttachableClock["attach"]>[0]): Promise<AsyncDisposable> {
    return this.inner.attach(target);
  }
}
