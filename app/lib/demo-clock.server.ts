import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";

import { log } from "./log.server";
import type { Clock } from "./clock";

/** Carries out what is due at the clock's new time; tells when the next thing will be, null if nothing waits. */
export type TurnHandler = (now: Date) => Promise<Date | null>;

interface Turn {
  turn: number;
  now: string;
}

const RECONNECT_MS = 500;

/**
 * Business time in the demo and in browser tests: the stand-in's, which stands still until somebody moves it.
 * The stand-in sends a line for every turn of its clock; this process sets its own, finishes what is due by then and
 * answers what it waits for next, so that moving the clock two weeks passes through every moment that matters.
 */
export class DemoClock implements Clock {
  private readonly id = randomUUID();
  private at: Date | null = null;
  private turn = 0;
  private handler: TurnHandler = () => Promise.resolve(null);
  private stopped = new AbortController();

  private constructor(
    private readonly devShopUrl: string,
    private readonly process: "web" | "worker",
  ) {}

  /** Resolves when the clock has been set for the first time. */
  static async connect(devShopUrl: string, process: "web" | "worker"): Promise<DemoClock> {
    const clock = new DemoClock(devShopUrl, process);
    await new Promise<void>((resolve, reject) => {
      clock.listen(resolve).catch(reject);
    });
    return clock;
  }

  now(): Date {
    if (!this.at) throw new Error("The demo's clock has not been set yet.");
    return new Date(this.at);
  }

  /** The turn this process has last been told of is answered only when the handler is done. */
  onTurn(handler: TurnHandler): void {
    this.handler = handler;
    if (this.at) void this.take({ turn: this.turn, now: this.at.toISOString() });
  }

  stop(): void {
    this.stopped.abort();
  }

  private async listen(connected: () => void): Promise<void> {
    const url = `${this.devShopUrl}/_control/clock/stream?id=${this.id}&process=${this.process}`;
    while (!this.stopped.signal.aborted) {
      try {
        const response = await fetch(url, { signal: this.stopped.signal });
        let rest = "";
        let working = Promise.resolve();
        for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
          const lines = (rest + chunk).split("\n");
          rest = lines.pop() ?? "";
          for (const line of lines.filter(Boolean)) {
            const turn = JSON.parse(line) as Turn;
            this.at ??= new Date(turn.now);
            connected();
            working = working.then(() => this.take(turn));
          }
        }
      } catch {
        // The stand-in is starting or gone; the demo ends with it.
      }
      await wait(RECONNECT_MS, undefined, { signal: this.stopped.signal }).catch(() => undefined);
    }
  }

  private async take({ turn, now }: Turn): Promise<void> {
    this.at = new Date(now);
    this.turn = turn;
    let nextDueAt: Date | null = null;
    const started = performance.now();
    try {
      nextDueAt = await this.handler(this.at);
    } catch (error) {
      log.error({ err: error }, "what was due at this turn of the clock was not finished");
    }
    log.debug({ turn, now, nextDueAt, ms: Math.round(performance.now() - started) }, "turn of the clock");
    await fetch(`${this.devShopUrl}/_control/clock/turns`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ id: this.id, turn, nextDueAt: nextDueAt?.toISOString() ?? null }),
    }).catch(() => undefined);
  }
}
