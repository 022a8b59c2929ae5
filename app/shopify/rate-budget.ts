/** Points of a shop's bucket, as `extensions.cost.throttleStatus` tells them. */
export interface ThrottleStatus {
  maximumAvailable: number;
  currentlyAvailable: number;
  /** Points that come back in a second. */
  restoreRate: number;
}

/** Who waits for a call: a person at a page, who may use every point, or work that nobody watches. */
export type CallPriority = "page" | "background";

/** What a call costs depends on its operation and on how many of them it carries out at once. */
export interface CallShape {
  operation: string;
  /** Root fields. */
  aliases: number;
  mutation: boolean;
}

/** A call that has been let go: its points are taken until it is answered. */
export interface TakenPoints {
  readonly shape: CallShape;
  /** Points that it was expected to ask for. */
  readonly points: number;
  /** When it was let go, in milliseconds of real time. */
  readonly at: number;
}

/** The `extensions.cost` of an answer. */
export interface AnsweredCost {
  requestedQueryCost: number;
  /** Null when the call was not carried out. */
  actualQueryCost: number | null;
  throttleStatus: ThrottleStatus;
}

/** What background work leaves in the bucket, so that a click in the admin or the portal never waits for it. */
const RESERVED_SHARE = 0.1;
/** No page of ours asks for more at once, so this much is kept also where a tenth would be less. */
const RESERVED_AT_LEAST = 100;

/** Before Shopify has told us anything: the smallest plan's bucket, half full, because another process may be at work. */
const UNKNOWN_SHOP: ThrottleStatus = { maximumAvailable: 2000, currentlyAvailable: 1000, restoreRate: 100 };

/** Before an operation's first answer. Documented: a mutation is 10 points, and what it returns comes on top. */
const UNKNOWN_MUTATION = 12;
const UNKNOWN_QUERY = 20;

/** A call that was let go within this may not have reached Shopify yet when another one's answer was written. */
const ON_THE_WAY_MS = 1000;

/** Shapes whose cost is kept: the app has some dozens of operations, in some dozens of sizes. */
const SHAPES_KEPT = 1000;

const positive = (value: number): boolean => Number.isFinite(value) && value > 0;

/**
 * What one shop's bucket of Admin API points holds, as seen by one process. Points are taken when a call is let go and
 * come back in real time; each answer says what the bucket really held, which other processes of ours draw from as well.
 * Pure: every method is told the time, in milliseconds.
 * Source: https://shopify.dev/docs/api/usage/limits (cost is taken before the call runs, what was not used is given back).
 */
export class RateBudget {
  private maximum = UNKNOWN_SHOP.maximumAvailable;
  private restoreRate = UNKNOWN_SHOP.restoreRate;
  private level = UNKNOWN_SHOP.currentlyAvailable;
  private at: number;
  private readonly taken = new Set<TakenPoints>();
  private readonly costs = new Map<string, number>();

  constructor(now: number) {
    this.at = now;
  }

  /** Points that the bucket holds now after everything that is on its way, and how it fills. */
  status(now: number): ThrottleStatus {
    this.refill(now);
    return { maximumAvailable: this.maximum, currentlyAvailable: this.level, restoreRate: this.restoreRate };
  }

  /** What background work leaves in the bucket. */
  get reserve(): number {
    return Math.min(this.maximum, Math.max(RESERVED_AT_LEAST, this.maximum * RESERVED_SHARE));
  }

  /** Points that a call of this shape will ask for, by the last one of its kind. */
  estimate({ operation, aliases, mutation }: CallShape): number {
    const same = this.costs.get(`${operation} ${aliases}`);
    if (same !== undefined) return same;
    const perAlias = this.costs.get(operation);
    return Math.ceil((perAlias ?? (mutation ? UNKNOWN_MUTATION : UNKNOWN_QUERY)) * Math.max(1, aliases));
  }

  /** Milliseconds until a call of `points` may go, if nothing else is let go before it; 0: now. */
  waitMs(points: number, priority: CallPriority, now: number): number {
    this.refill(now);
    const kept = priority === "background" ? this.reserve : 0;
    // What the bucket can never hold is let go when it is full.
    const wanted = Math.min(points + kept, this.maximum);
    return this.level >= wanted ? 0 : Math.ceil(((wanted - this.level) / this.restoreRate) * 1000);
  }

  /** Takes a call's points: it goes now. Give them to `answered` or `unanswered`. */
  take(shape: CallShape, now: number): TakenPoints {
    this.refill(now);
    const taken = { shape, points: this.estimate(shape), at: now };
    this.taken.add(taken);
    this.level -= taken.points;
    return taken;
  }

  /** A call was answered: what it did not use comes back, and what Shopify says of the bucket wins. */
  answered(taken: TakenPoints, cost: AnsweredCost, now: number): void {
    this.refill(now);
    if (!this.taken.delete(taken)) return;
    this.level += taken.points - (cost.actualQueryCost ?? 0);
    this.learn(taken.shape, cost.requestedQueryCost);
    const { maximumAvailable, restoreRate, currentlyAvailable } = cost.throttleStatus;
    if (!positive(maximumAvailable) || !positive(restoreRate) || !Number.isFinite(currentlyAvailable)) return;
    this.maximum = maximumAvailable;
    this.restoreRate = restoreRate;
    // Others may have drawn: never more than Shopify saw. Nor less than that without the calls it may not have seen yet.
    const lowest = currentlyAvailable - this.onTheWay(now);
    this.level = Math.min(this.maximum, Math.max(lowest, Math.min(this.level, currentlyAvailable)));
  }

  /**
   * A call ended without saying what it cost. Nobody knows whether Shopify took its points, so they are not put back:
   * the next answer tells.
   */
  unanswered(taken: TakenPoints): void {
    this.taken.delete(taken);
  }

  /** Refused for its rate without a word about points (HTTP 429): nothing is assumed to be left for a second. */
  drained(now: number): void {
    this.refill(now);
    this.level = Math.min(this.level, -this.restoreRate);
  }

  /** Nothing on its way, and as full as a new one would be: it need not be kept. */
  idle(now: number): boolean {
    this.refill(now);
    return this.taken.size === 0 && this.level >= this.maximum;
  }

  private refill(now: number): void {
    const seconds = Math.max(0, now - this.at) / 1000;
    this.level = Math.min(this.maximum, this.level + seconds * this.restoreRate);
    this.at = Math.max(this.at, now);
  }

  private onTheWay(now: number): number {
    let points = 0;
    for (const each of this.taken) if (now - each.at < ON_THE_WAY_MS) points += each.points;
    return points;
  }

  private learn({ operation, aliases }: CallShape, points: number): void {
    if (!positive(points)) return;
    if (this.costs.size >= SHAPES_KEPT) this.costs.clear();
    this.costs.set(`${operation} ${aliases}`, points);
    this.costs.set(operation, points / Math.max(1, aliases));
  }
}
