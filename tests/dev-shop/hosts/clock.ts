import { letBucketsFill } from "../admin-api/bucket";
import type { DevShop } from "../dev-shop";
import type { Instant } from "../world";
import { earliest, isAfter, normal } from "./instants";
import type { WebhookSender } from "./webhooks";

/** Longest real time one virtual moment may take to come to rest. */
export const REST_LIMIT_MS = 60_000;

/** A process of the app that keeps the stand-in's time. */
interface Participant {
  id: string;
  process: string;
  stream: { write(line: string): unknown; end(): unknown };
  answered: number;
  nextDueAt: Instant | null;
}

export interface ClockParts {
  devShop: DevShop;
  webhooks: Pick<WebhookSender, "deliverDue" | "nextTryAt" | "hasDue" | "activity">;
  /** The stand-in's own due events: when the next one is, and doing those that are due. */
  nextEventAt: () => Instant | null;
  runDueEvents: () => void;
  restLimitMs?: number;
}

export class ClockRefusal extends Error {}
export class ClockUnrest extends Error {}

/**
 * The one clock of stand-in and app. Time stands still between moves. Each move is a *turn*: the processes of the app
 * that are connected are told the time, do all that is due by then, and answer with what is due next. So `settle`
 * visits exactly the moments at which something happens and needs no waiting in between.
 */
export class Clock {
  /** API mutations seen so far; the server counts them up. */
  mutations = 0;
  /** True while a settle is under way: webhooks are then delivered by it alone. */
  settling = false;
  private turn = 1;
  private readonly participants = new Map<string, Participant>();
  private waiters = new Set<() => void>();
  private queue: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: ClockParts) {}

  get now(): Instant {
    return this.parts.devShop.world.now;
  }

  /** Who keeps our time, and what each has due next. */
  status(): { now: Instant; settling: boolean; turn: number; nextDueAt: Instant | null; participants: object[] } {
    return {
      now: this.now,
      settling: this.settling,
      turn: this.turn,
      nextDueAt: this.nextDueAt(),
      participants: [...this.participants.values()].map(({ id, process, answered, nextDueAt }) => ({
        id,
        process,
        answered,
        nextDueAt,
      })),
    };
  }

  /** A process of the app joins; it is told the time at once. Answers a function to call when it has gone. */
  join(id: string, process: string, stream: Participant["stream"]): () => void {
    this.participants.get(id)?.stream.end();
    const participant = { id, process, stream, answered: 0, nextDueAt: null };
    this.participants.set(id, participant);
    this.tell(participant);
    return () => {
      if (this.participants.get(id) === participant) this.participants.delete(id);
      this.wake();
    };
  }

  /** A process has done all that is due by a turn's time. False: nobody of that id is connected. */
  answer(id: string, turn: number, nextDueAt: Instant | null): boolean {
    const participant = this.participants.get(id);
    if (!participant) return false;
    participant.answered = Math.max(participant.answered, turn);
    participant.nextDueAt = nextDueAt === null ? null : normal(nextDueAt);
    this.wake();
    return true;
  }

  /** A new turn at the present time, without waiting for answers. */
  announce(): void {
    this.turn += 1;
    for (const participant of this.participants.values()) this.tell(participant);
  }

  /** The earliest moment at which anything is due on either side, or null. */
  nextDueAt(): Instant | null {
    return earliest([
      this.parts.nextEventAt(),
      this.parts.webhooks.nextTryAt(),
      ...[...this.participants.values()].map((participant) => participant.nextDueAt),
    ]);
  }

  /**
   * Moves the time forward to `target`. With `settle`, passes through every moment at which something is due and
   * resolves when all is at rest; without, sets the time and tells everybody. Moves are made one after another.
   * @throws ClockRefusal when the target is earlier than now; ClockUnrest when something does not come to rest.
   */
  advance(target: Instant, settle: boolean): Promise<void> {
    return this.exclusively(() => this.move(normal(target), settle));
  }

  /** Runs something that must not overlap a move (a restore, say). */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.queue.then(work);
    this.queue = result.catch(() => undefined);
    return result;
  }

  private async move(target: Instant, settle: boolean): Promise<void> {
    const { world } = this.parts.devShop;
    if (isAfter(world.now, target)) {
      throw new ClockRefusal(`Time only moves forward: it is ${world.now}, and ${target} is earlier.`);
    }
    if (!settle) {
      this.set(target);
      this.parts.runDueEvents();
      this.announce();
      this.parts.devShop.changed();
      return;
    }
    this.settling = true;
    try {
      await this.passThrough(target);
    } finally {
      this.settling = false;
      this.parts.devShop.changed();
    }
  }

  private set(instant: Instant): void {
    const { world } = this.parts.devShop;
    letBucketsFill(world, Date.parse(instant) - Date.parse(world.now));
    world.now = instant;
  }

  private async passThrough(target: Instant): Promise<void> {
    const { world } = this.parts.devShop;
    let since = Date.now();
    await this.rest(since);
    for (;;) {
      const next = this.nextDueAt();
      if (next === null || isAfter(next, target)) break;
      if (isAfter(next, world.now)) {
        this.set(next);
        since = Date.now();
      }
      await this.rest(since);
    }
    if (isAfter(target, world.now)) {
      this.set(target);
      await this.rest(Date.now());
    }
  }

  /** Stays at the present moment until nothing happens any more. */
  private async rest(since: number): Promise<void> {
    const limit = since + (this.parts.restLimitMs ?? REST_LIMIT_MS);
    let seen = this.activity();
    await this.takeTurn(limit);
    for (;;) {
      const events = this.runEvents();
      const deliveries = await this.parts.webhooks.deliverDue();
      const still = !events && deliveries === 0 && this.activity() === seen;
      if (still && !this.parts.webhooks.hasDue()) return;
      if (Date.now() > limit) throw new ClockUnrest(this.unrest());
      seen = this.activity();
      await this.takeTurn(limit);
    }
  }

  private runEvents(): boolean {
    const next = this.parts.nextEventAt();
    if (next === null || isAfter(next, this.now)) return false;
    this.parts.runDueEvents();
    return true;
  }

  private activity(): number {
    return this.mutations + this.parts.webhooks.activity;
  }

  private async takeTurn(limit: number): Promise<void> {
    this.announce();
    const { turn } = this;
    while (this.unanswered(turn).length > 0) {
      if (!(await this.nextWake(limit))) throw new ClockUnrest(this.unrest());
    }
    const stuck = Date.now() > limit;
    if (stuck) throw new ClockUnrest(this.unrest());
  }

  private unanswered(turn: number): Participant[] {
    return [...this.participants.values()].filter((participant) => participant.answered < turn);
  }

  private unrest(): string {
    const silent = this.unanswered(this.turn).map(({ process, id }) => `${process} ${id}`);
    const overdue = [...this.participants.values()]
      .filter(({ nextDueAt }) => nextDueAt !== null && !isAfter(nextDueAt, this.now))
      .map(({ process, id, nextDueAt }) => `${process} ${id} still has work due at ${nextDueAt}`);
    const reasons =
      silent.length > 0
        ? [`${silent.join(", ")} did not answer turn ${this.turn}`]
        : overdue.length > 0
          ? overdue
          : ["webhooks and API calls kept coming"];
    return `The app did not come to rest at ${this.now}: ${reasons.join("; ")}.`;
  }

  private tell(participant: Participant): void {
    participant.stream.write(`${JSON.stringify({ turn: this.turn, now: this.now })}\n`);
  }

  private wake(): void {
    const waiters = this.waiters;
    this.waiters = new Set();
    for (const waiter of waiters) waiter();
  }

  /** Resolves true at the next answer or departure, false when the limit (real time) has passed. */
  private nextWake(limit: number): Promise<boolean> {
    return new Promise((resolve) => {
      const woken = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(
        () => {
          this.waiters.delete(woken);
          resolve(false);
        },
        Math.max(0, limit - Date.now()),
      );
      this.waiters.add(woken);
    });
  }
}
