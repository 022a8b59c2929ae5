import type { SimulatedAttempt, SimulatedContract } from "./simulated-contract";
import { chanceOf, Random } from "./random";

/** How a charge ends at the bank. */
export type CardAnswer = { kind: "SUCCESS" } | { kind: "FAILED"; code: string } | { kind: "CHALLENGE" };

/** How customers' cards behave. Asked once for each attempt, at the moment at which it ends. */
export interface Cards {
  answer(contract: SimulatedContract, attempt: SimulatedAttempt, now: number): CardAnswer;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** What goes wrong with a card, how often compared with the others, and for how long as a rule. */
interface Trouble {
  code: string;
  weight: number;
  meanMs: number;
}

/** Ends only when the card is replaced. */
const FOR_GOOD = Infinity;

const TROUBLES: readonly [Trouble, ...Trouble[]] = [
  { code: "INSUFFICIENT_FUNDS", weight: 34, meanMs: 6 * DAY_MS },
  { code: "CARD_DECLINED", weight: 24, meanMs: 4 * DAY_MS },
  { code: "DO_NOT_HONOR", weight: 8, meanMs: 3 * DAY_MS },
  { code: "EXPIRED_PAYMENT_METHOD", weight: 8, meanMs: FOR_GOOD },
  { code: "PAYMENT_METHOD_NOT_FOUND", weight: 5, meanMs: FOR_GOOD },
  { code: "PAYMENT_PROVIDER_ERROR", weight: 12, meanMs: 5 * HOUR_MS },
  { code: "CHALLENGE", weight: 9, meanMs: 2 * DAY_MS },
];

interface Stretch {
  until: number;
  code: string | null;
}

/** Cards that work for months, then don't for a while, each with a fate of its own that the seed decides. */
export class SeededCards implements Cards {
  private readonly fates = new Map<string, { random: Random; cardSince: number; stretch: Stretch }>();

  /** @param goodMs how long a card works on average before trouble */
  constructor(
    private readonly seed: number,
    private readonly goodMs: number,
  ) {}

  answer(contract: SimulatedContract, _attempt: SimulatedAttempt, now: number): CardAnswer {
    const { code } = this.stretchAt(contract, now);
    if (code === null) return { kind: "SUCCESS" };
    return code === "CHALLENGE" ? { kind: "CHALLENGE" } : { kind: "FAILED", code };
  }

  private stretchAt(contract: SimulatedContract, now: number): Stretch {
    const { cardSince } = contract.now;
    let fate = this.fates.get(contract.id);
    if (!fate || fate.cardSince !== cardSince) {
      const random = fate?.random ?? new Random(Math.floor(chanceOf(this.seed, contract.id) * 2 ** 31));
      fate = { random, cardSince, stretch: { until: cardSince + random.around(this.goodMs), code: null } };
      this.fates.set(contract.id, fate);
    }
    const { random } = fate;
    while (fate.stretch.until <= now) {
      const from = fate.stretch.until;
      if (fate.stretch.code === null) {
        const trouble = random.weighted(WEIGHTED);
        fate.stretch = { until: from + lasting(trouble, random), code: trouble.code };
      } else fate.stretch = { until: from + random.around(this.goodMs), code: null };
    }
    return fate.stretch;
  }
}

const WEIGHTED: [readonly [Trouble, number], ...(readonly [Trouble, number])[]] = [[TROUBLES[0], TROUBLES[0].weight]];
for (const trouble of TROUBLES.slice(1)) WEIGHTED.push([trouble, trouble.weight]);

const lasting = ({ meanMs }: Trouble, random: Random): number =>
  meanMs === FOR_GOOD ? FOR_GOOD : random.around(meanMs) + HOUR_MS;
