import { AdminApiError } from "~/shopify/admin-api.server";
import type { Random } from "~/simulation/random";
import type { Timeline } from "~/simulation/timeline";

/** What goes wrong, as probabilities of a single call, and how often in a year what is not about a call. */
export interface Faults {
  /** Refused for its cost: nothing was done. */
  throttle: number;
  /** Lost on the way: nothing was done, and nobody knows. */
  lostBefore: number;
  /** Done, and the answer lost. */
  lostAfter: number;
  /** No answer in time; done all the same, some time later. */
  timeout: number;
  /** An answer that shows what was so some minutes ago. */
  stale: number;
  /** The process dies before or after the call. */
  crash: number;
  /** The process stands still for many minutes, longer than a lease. */
  stall: number;
  /** The same, only while it waits for what it reads from Shopify: never between the last look and the sending. */
  stallReading: number;
  /** The database is away for this call: it failed, or was done and the answer lost. */
  database: number;
  webhookLost: number;
  webhookDoubled: number;
  webhookLate: number;
  /** Hours to days in which Shopify can't be reached, and in which the app is down. */
  shopifyOutagesAYear: number;
  appOutagesAYear: number;
  /** Most of the workers' clocks are right; this one is off by up to so much. */
  clockSkewMs: number;
}

const MINUTE_MS = 60_000;

export const NO_FAULTS: Faults = {
  throttle: 0,
  lostBefore: 0,
  lostAfter: 0,
  timeout: 0,
  stale: 0,
  crash: 0,
  stall: 0,
  stallReading: 0,
  database: 0,
  webhookLost: 0,
  webhookDoubled: 0,
  webhookLate: 0,
  shopifyOutagesAYear: 0,
  appOutagesAYear: 0,
  clockSkewMs: 0,
};

/** Far worse than any real day, so that months of bad luck pass in a second. */
export const FAULTS: Faults = {
  throttle: 0.05,
  lostBefore: 0.04,
  lostAfter: 0.04,
  timeout: 0.03,
  stale: 0.1,
  crash: 0.02,
  stall: 0.005,
  stallReading: 0,
  database: 0.01,
  webhookLost: 0.05,
  webhookDoubled: 0.1,
  webhookLate: 0.1,
  shopifyOutagesAYear: 6,
  appOutagesAYear: 6,
  clockSkewMs: 30_000,
};

/** The same mishaps, so much rarer: 0.1 is still a bad day. */
export const scaled = (faults: Faults, factor: number): Faults => ({
  throttle: faults.throttle * factor,
  lostBefore: faults.lostBefore * factor,
  lostAfter: faults.lostAfter * factor,
  timeout: faults.timeout * factor,
  stale: faults.stale * factor,
  crash: faults.crash * factor,
  stall: faults.stall * factor,
  stallReading: faults.stallReading * factor,
  database: faults.database * factor,
  webhookLost: faults.webhookLost * factor,
  webhookDoubled: faults.webhookDoubled * factor,
  webhookLate: faults.webhookLate * factor,
  shopifyOutagesAYear: faults.shopifyOutagesAYear * factor,
  appOutagesAYear: faults.appOutagesAYear * factor,
  clockSkewMs: faults.clockSkewMs,
});

/** The process is gone: whatever it was doing ends here, and only what was committed remains. */
export class Crash extends Error {
  override readonly name = "Crash";
}

/** A running process of the app. */
export class Worker {
  dead = false;
  /** How far its clock is off, in milliseconds. */
  readonly skewMs: number;

  constructor(
    readonly name: string,
    skewMs = 0,
  ) {
    this.skewMs = skewMs;
  }
}

export interface Surroundings {
  timeline: Timeline;
  random: Random;
  faults: Faults;
  /** Whether Shopify can be reached at this moment. */
  shopifyIsUp(): boolean;
  /** Every answer of Shopify's shows the state of this moment; faults set it back for one call. */
  view: { lagMs: number };
  /** Called at every await of every worker, before the call has its effect. */
  onCall?: (worker: Worker, call: string) => void;
  /** Called when a worker begins to stand still. */
  onStall?: (worker: Worker, ms: number) => void;
}

/** Answers lag by up to so much. */
const STALE_MS = 6 * MINUTE_MS;
const STALL_MS = 40 * MINUTE_MS;
const TIMEOUT_MS = 30_000;
/** One aliased mutation, and how long a query takes. */
const MUTATION_MS = 300;
const QUERY_MS = 250;

/** One port of one worker, with the world's faults between the worker and it. */
export class Unreliable {
  constructor(
    private readonly worker: Worker,
    private readonly world: Surroundings,
  ) {}

  /** The ledger: each call is a transaction, so it happens wholly or not at all, and the process may die on either side. */
  database<Port extends object>(
    port: Port,
    committed: (name: string, result: unknown) => void = () => undefined,
  ): Port {
    return this.wrap(port, async (name, effect) => {
      const { random, faults } = this.world;
      await this.pass(random.between(1, 20));
      this.reach(name);
      const failure = random.next();
      if (failure < faults.database / 2) throw new Error("The connection to the database was lost.");
      const result = await effect();
      committed(name, result);
      if (failure < faults.database) throw new Error("The connection to the database was lost.");
      // Often enough for others to come in between, before the worker hears of it.
      if (random.chance(0.3)) await this.pass(random.between(0, 5));
      return result;
    });
  }

  /** What reads from Shopify or can be repeated there at will: it throws as the app's own client does. */
  shopify<Port extends object>(port: Port): Port {
    return this.wrap(port, async (name, effect) => {
      const { random, faults, view } = this.world;
      await this.pass(random.between(QUERY_MS / 5, QUERY_MS));
      this.reach(name);
      this.mustBeUp();
      if (random.chance(faults.throttle)) throw new AdminApiError("THROTTLED", "Throttled");
      const lost = random.chance(faults.lostBefore);
      if (lost) throw new AdminApiError("NO_ANSWER", "The call was lost.");
      // The effect is at once, within the call: what it shows is what was so `lagMs` ago.
      view.lagMs = random.chance(faults.stale) ? random.between(MINUTE_MS, STALE_MS) : 0;
      const result = effect();
      view.lagMs = 0;
      const answer = await result;
      await this.pass(random.between(QUERY_MS / 5, QUERY_MS), faults.stallReading);
      if (random.chance(faults.lostAfter)) throw new AdminApiError("NO_ANSWER", "The answer was lost.");
      return answer;
    });
  }

  /**
   * One request with aliased mutations, done one after another.
   * @param effects what each of them does
   * @param isLate says right before the request leaves that it must not
   * @returns null when no answer came: some, all or none may have been done, or will be yet
   */
  async mutations<Answer>(
    name: string,
    effects: readonly (() => Answer)[],
    isLate: () => boolean,
  ): Promise<Answer[] | null> {
    const { timeline, random, faults } = this.world;
    await this.pass(random.between(20, 100));
    if (isLate()) return null;
    this.reach(name);
    this.mustBeUp();
    if (random.chance(faults.throttle)) throw new AdminApiError("THROTTLED", "Throttled");
    if (random.chance(faults.lostBefore)) return this.noAnswer();
    if (random.chance(faults.timeout)) {
      effects.forEach((effect, index) => {
        timeline.in(random.between(0, 2 * TIMEOUT_MS) + index * MUTATION_MS, () => void effect());
      });
      return this.noAnswer();
    }
    const answers: Answer[] = [];
    const cutAfter = random.chance(faults.lostAfter) ? random.between(1, effects.length) : Infinity;
    for (const effect of effects) {
      await timeline.sleep(MUTATION_MS);
      // What Shopify has begun it ends, whatever becomes of the process that asked for it.
      answers.push(effect());
      if (answers.length >= cutAfter) return this.noAnswer();
    }
    await this.pass(random.between(20, 100));
    return answers;
  }

  private async noAnswer(): Promise<null> {
    await this.pass(TIMEOUT_MS);
    return null;
  }

  private mustBeUp(): void {
    if (!this.world.shopifyIsUp()) throw new AdminApiError("NO_ANSWER", "Shopify can't be reached.");
  }

  private reach(name: string): void {
    this.world.onCall?.(this.worker, name);
    this.mustLive();
  }

  /** Time passes; the process may stand still or die meanwhile. */
  private async pass(ms: number, stall = 0): Promise<void> {
    const { timeline, random, faults } = this.world;
    this.mustLive();
    const stalled = random.chance(faults.stall + stall) ? random.between(MINUTE_MS, STALL_MS) : 0;
    if (stalled > 0) this.world.onStall?.(this.worker, stalled);
    await timeline.sleep(ms + stalled);
    if (random.chance(faults.crash / 2)) this.worker.dead = true;
    this.mustLive();
  }

  private mustLive(): void {
    if (this.worker.dead) throw new Crash(this.worker.name);
  }

  private wrap<Port extends object>(
    port: Port,
    call: (name: string, effect: () => Promise<unknown>) => Promise<unknown>,
  ): Port {
    return new Proxy(port, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        return (...input: unknown[]) => {
          const effect = () => Reflect.apply(method, target, input) as Promise<unknown>;
          // Asked for nothing, nobody is asked.
          const isForNothing = Array.isArray(input[0]) && input[0].length === 0;
          return isForNothing ? effect() : call(String(name), effect);
        };
      },
    });
  }
}
