import type { SimulatedAttempt } from "~/simulation/simulated-contract";

import type { Say } from "./watch";
import type { Span, World } from "./world";

/** Polls come hourly at least and mostly work: half a day of bad luck with every one of them is none. */
const BOOKED_WITHIN_MS = 12 * 3_600_000;

/** What Shopify has ended is in the ledger soon, also when no webhook has told of it: somebody polls. */
export class EndsWatch {
  private waiting: SimulatedAttempt[] = [];

  constructor(
    private readonly world: World,
    private readonly say: Say,
  ) {}

  created(attempt: SimulatedAttempt): void {
    this.waiting.push(attempt);
  }

  step(): void {
    const { now } = this.world.timeline;
    const isDue = ({ completedAt }: SimulatedAttempt) => completedAt !== null && now - completedAt >= BOOKED_WITHIN_MS;
    if (!this.waiting.some(isDue)) return;
    for (const attempt of this.waiting.filter(isDue)) this.check(attempt, now);
    this.waiting = this.waiting.filter((attempt) => !isDue(attempt));
  }

  private check({ contractId, key, completedAt, challengedAt }: SimulatedAttempt, now: number): void {
    // A challenge that dunning has given up on is asked after twice a day only.
    if (completedAt === null || challengedAt !== null) return;
    const { shop, shopifyOutages, appOutages, jumps } = this.world;
    const overlaps = (span: Span) => span.from < now && span.to > completedAt;
    if ([...shopifyOutages, ...appOutages, ...jumps].some(overlaps)) return;
    const row = shop.mirror.get(contractId);
    const booked = row && shop.store.chargesOf(row.contractId).flatMap(({ attempts }) => attempts);
    const state = booked?.find(({ idempotencyKey }) => idempotencyKey === key)?.state;
    if (state === "SUCCESS" || state === "FAILED") return;
    this.say("what ended is booked within half a day, told or not", contractId, `${key} is ${state ?? "unknown"}`);
  }
}
