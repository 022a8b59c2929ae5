import { createHash } from "node:crypto";

import type { Faults, Instant, OutboxEvent, Shop, World } from "../world";
import { MINUTE, plus, SECOND } from "./time";

export const API_FAULTS = ["throttle", "failBefore", "failAfter", "timeout", "staleRead", "processingFailed"] as const;
export const WEBHOOK_FAULTS = ["webhookDrop", "webhookDuplicate", "webhookDelay", "webhookReorder"] as const;

export type FaultKind = (typeof API_FAULTS)[number] | (typeof WEBHOOK_FAULTS)[number];
export type FaultInput = Partial<Omit<Faults, "drawn">>;

/** Documented: a webhook may come up to a day late; four hours are enough to be overtaken by every poll. */
const LATEST_MINUTES = 240;
/** How long a reordered webhook is held back at most: longer than what usually happens right after it takes. */
const HELD_BACK_SECONDS = 120;
/** How long after the first the second of two equal webhooks comes, at most. */
const SECOND_COPY_MINUTES = 10;
/** A stale read shows what was at least one and at most so many minutes ago. */
export const STALE_MINUTES = 10;

/** Sets the faults of a world; an input without any probability clears them. Probabilities are checked by the caller. */
export function setFaults(world: World, input: FaultInput): Faults | null {
  const kinds = [...API_FAULTS, ...WEBHOOK_FAULTS];
  if (kinds.every((kind) => (input[kind] ?? 0) === 0)) {
    world.settings.faults = null;
    return null;
  }
  const faults: Faults = {
    throttle: 0,
    failBefore: 0,
    failAfter: 0,
    timeout: 0,
    staleRead: 0,
    processingFailed: 0,
    webhookDrop: 0,
    webhookDuplicate: 0,
    webhookDelay: 0,
    webhookReorder: 0,
    ...input,
    seed: input.seed ?? 1,
    webhookDelayMinutes: input.webhookDelayMinutes ?? LATEST_MINUTES,
    drawn: {},
  };
  world.settings.faults = faults;
  return faults;
}

export interface Dice {
  /** Whether this fault is met. */
  meets(kind: FaultKind): boolean;
  /** A whole number from 1 to `most`. */
  from1To(most: number, what: string): number;
}

/**
 * The dice for the next turn of one subject (an operation or a topic of one shop), or null when there are no faults.
 * Every turn depends on the seed, the subject and its count alone: calls that run beside each other may come in any
 * order and still meet the same faults.
 */
export function nextDice(world: World, subject: string): Dice | null {
  const { faults } = world.settings;
  if (!faults) return null;
  const turn = (faults.drawn[subject] ?? 0) + 1;
  faults.drawn[subject] = turn;
  const draw = (what: string): number =>
    createHash("sha256").update(`${faults.seed} ${subject} ${turn} ${what}`).digest().readUIntBE(0, 6) / 2 ** 48;
  return {
    meets: (kind) => draw(kind) < faults[kind],
    from1To: (most, what) => 1 + Math.floor(draw(`${what}, how much`) * Math.max(1, most)),
  };
}

export interface PlannedDelivery {
  at: Instant;
  /** A second delivery of the same webhook, with the same ids. */
  copy: boolean;
}

/** When a webhook is sent, and how often: once and at once, unless faults say otherwise; not at all when it is lost. */
export function planDeliveries(world: World, shop: Shop, event: OutboxEvent): PlannedDelivery[] {
  const dice = nextDice(world, `${shop.name} ${event.topic}`);
  const { faults } = world.settings;
  if (!dice || !faults) return [{ at: event.at, copy: false }];
  if (dice.meets("webhookDrop")) return [];
  const late = dice.meets("webhookDelay") ? dice.from1To(faults.webhookDelayMinutes, "late") * MINUTE : 0;
  const held = dice.meets("webhookReorder") ? dice.from1To(HELD_BACK_SECONDS, "held back") * SECOND : 0;
  const at = plus(event.at, late + held);
  if (!dice.meets("webhookDuplicate")) return [{ at, copy: false }];
  const again = plus(at, (dice.from1To(SECOND_COPY_MINUTES + 1, "again") - 1) * MINUTE);
  return [
    { at, copy: false },
    { at: again, copy: true },
  ];
}
