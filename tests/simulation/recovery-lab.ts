import { fileURLToPath } from "node:url";

import { afterFailure, DEFAULT_DUNNING } from "~/billing/dunning";
import type { DunningDecision, DunningSettings, Failure } from "~/billing/dunning";

import { ASSUMPTIONS, ASSUMPTIONS_IN_WORDS, failedCharges, goesThrough, PAY_DAY, TIME_ZONE } from "./recovery-model";
import type { FailedCharge, Mix } from "./recovery-model";

/**
 * Dunning schedules against one another: each meets the same people with the same money at the same moments, so that
 * every difference is the schedule's. `node --import tsx tests/simulation/recovery-lab.ts [charges a mix] [seed]`
 */

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Every schedule charges a new card that comes until then, so that none wins by waiting longer for it. */
const WINDOW_MS = 14 * DAY_MS;
/** A shopper who is ready to confirm answers a new mail after this long. */
const ANSWERS_MS = 2 * HOUR_MS;

/** How many typical shares of each cause there are is not known, so there are several; ours must hold in each. */
export const MIXES: readonly Mix[] = [
  {
    name: "everyday cards",
    classes: { INSUFFICIENT_FUNDS: 45, SOFT: 27, EXPIRED: 9, HARD: 8, CHALLENGE: 6, GATEWAY: 5 },
    wageEarners: 0.6,
    wagesLastDays: 9,
    otherMoneyLastsDays: 4,
  },
  {
    name: "empty before the pay day",
    classes: { INSUFFICIENT_FUNDS: 80, SOFT: 15, HARD: 5 },
    wageEarners: 0.85,
    wagesLastDays: 7,
    otherMoneyLastsDays: 3,
  },
  {
    name: "money comes and goes, mostly wages",
    classes: { INSUFFICIENT_FUNDS: 90, SOFT: 10 },
    wageEarners: 0.7,
    wagesLastDays: 2,
    otherMoneyLastsDays: 1,
  },
  {
    name: "pay days set wrong: all paid at random",
    classes: { INSUFFICIENT_FUNDS: 80, SOFT: 15, HARD: 5 },
    wageEarners: 0,
    wagesLastDays: 0,
    otherMoneyLastsDays: 4,
  },
  {
    name: "pay days set wrong, and money soon gone",
    classes: { INSUFFICIENT_FUNDS: 100 },
    wageEarners: 0,
    wagesLastDays: 0,
    otherMoneyLastsDays: 1,
  },
  {
    name: "moody banks",
    classes: { SOFT: 75, INSUFFICIENT_FUNDS: 15, HARD: 10 },
    wageEarners: 0.6,
    wagesLastDays: 9,
    otherMoneyLastsDays: 4,
  },
  {
    name: "strong authentication",
    classes: { CHALLENGE: 55, SOFT: 20, INSUFFICIENT_FUNDS: 20, HARD: 5 },
    wageEarners: 0.6,
    wagesLastDays: 9,
    otherMoneyLastsDays: 4,
  },
  {
    name: "ageing cards",
    classes: { EXPIRED: 50, HARD: 25, SOFT: 15, INSUFFICIENT_FUNDS: 10 },
    wageEarners: 0.6,
    wagesLastDays: 9,
    otherMoneyLastsDays: 4,
  },
  {
    name: "gateway trouble",
    classes: { GATEWAY: 80, SOFT: 15, INSUFFICIENT_FUNDS: 5 },
    wageEarners: 0.6,
    wagesLastDays: 9,
    otherMoneyLastsDays: 4,
  },
];

export type ScheduleName = "none" | "fixed 1/3/7" | "ours" | "ours, pay days";
type Schedule = (failure: Failure) => DunningDecision;

const settings: DunningSettings = { ...DEFAULT_DUNNING, timeZone: TIME_ZONE };

const FIXED_DAYS = [1, 3, 7];

export const SCHEDULES: Readonly<Record<ScheduleName, Schedule>> = {
  /** Nothing is tried again; a new card is charged all the same. */
  none: () => ({ kind: "END" }),
  /** What many apps do: every failure alike. */
  "fixed 1/3/7": ({ firstFailedAt, failures, gatewayFailures }) => {
    const day = FIXED_DAYS[failures + gatewayFailures - 1];
    return day === undefined
      ? { kind: "END" }
      : { kind: "RETRY", at: new Date(firstFailedAt.getTime() + day * DAY_MS) };
  },
  ours: (failure) => afterFailure(failure, settings),
  "ours, pay days": (failure) => afterFailure(failure, { ...settings, payDays: [PAY_DAY] }),
};

interface Fate {
  recoveredAt: number | null;
  /** After the first one. */
  tries: number;
}

/** One charge under one schedule, until it is paid or given up. */
export function play(charge: FailedCharge, schedule: Schedule): Fate {
  const first = charge.firstFailedAt.getTime();
  const isGateway = charge.class === "GATEWAY";
  const byNewCard = charge.newCardAt <= first + WINDOW_MS ? charge.newCardAt : Infinity;
  let failedAt = first;
  for (let tries = 0; ; tries += 1) {
    const decision = schedule({
      class: charge.class,
      firstFailedAt: charge.firstFailedAt,
      failures: isGateway ? 0 : tries + 1,
      gatewayFailures: isGateway ? tries + 1 : 0,
      failedAt: new Date(failedAt),
      now: new Date(failedAt),
    });
    const nextTry = decision.kind === "RETRY" ? decision.at.getTime() : Infinity;
    // Between two tries a new card may come, or the last try's link may be used.
    const sooner = Math.min(byNewCard, confirmedAt(charge, failedAt));
    if (sooner < nextTry) return { recoveredAt: sooner, tries };
    if (nextTry === Infinity) return { recoveredAt: null, tries };
    if (goesThrough(charge, nextTry)) return { recoveredAt: nextTry, tries: tries + 1 };
    failedAt = nextTry;
  }
}

function confirmedAt({ class: kind, readyAt }: FailedCharge, mailedAt: number): number {
  if (kind !== "CHALLENGE") return Infinity;
  const at = Math.max(readyAt, mailedAt + ANSWERS_MS);
  return at < mailedAt + ASSUMPTIONS.linkLivesHours * HOUR_MS ? at : Infinity;
}

export interface Score {
  mix: string;
  schedule: ScheduleName;
  /** 0–1, of all failed charges. */
  recovered: number;
  /** Share recovered beyond what fixed 1/3/7 recovers of the same charges, and how far chance may have moved it (95 %). */
  lead: number;
  leadMargin: number;
  /** Tries after the first, of all charges, for each recovered one. */
  triesPerRecovered: number;
  /** Mean, from the first failure to the money. */
  daysToMoney: number;
}

/** Every schedule on every mix. Deterministic for a seed. */
export function scores(chargesPerMix: number, seed: number, mixes: readonly Mix[] = MIXES): Score[] {
  return mixes.flatMap((mix) => {
    const charges = failedCharges(mix, chargesPerMix, seed);
    const fixed = charges.map((charge) => play(charge, SCHEDULES["fixed 1/3/7"]));
    return (Object.keys(SCHEDULES) as ScheduleName[]).map((schedule) => {
      let [recovered, tries, waitedMs, onlyHere, onlyFixed] = [0, 0, 0, 0, 0];
      for (const [index, charge] of charges.entries()) {
        const fate = play(charge, SCHEDULES[schedule]);
        const fixedRecovered = fixed[index]?.recoveredAt !== null;
        tries += fate.tries;
        if (fate.recoveredAt === null) {
          if (fixedRecovered) onlyFixed += 1;
          continue;
        }
        if (!fixedRecovered) onlyHere += 1;
        recovered += 1;
        waitedMs += fate.recoveredAt - charge.firstFailedAt.getTime();
      }
      const count = charges.length;
      const lead = (onlyHere - onlyFixed) / count;
      return {
        mix: mix.name,
        schedule,
        recovered: recovered / count,
        lead,
        // Of paired yes and no: only charges on which the two schedules differ carry any doubt (McNemar).
        leadMargin: 1.96 * Math.sqrt(((onlyHere + onlyFixed) / count - lead ** 2) / count),
        triesPerRecovered: recovered === 0 ? 0 : tries / recovered,
        daysToMoney: recovered === 0 ? 0 : waitedMs / recovered / DAY_MS,
      };
    });
  });
}

const points = (share: number): string => (share * 100).toFixed(1);

function print(chargesPerMix: number, seed: number): void {
  console.log(`${chargesPerMix} failed charges a mix, seed ${seed}. Assumed:`);
  for (const line of ASSUMPTIONS_IN_WORDS) console.log(`- ${line}`);
  console.log("");
  console.log(`${"mix".padEnd(42)}${"schedule".padEnd(16)}recovered   over 1/3/7  tries/recovered  days to money`);
  for (const { mix, schedule, ...score } of scores(chargesPerMix, seed)) {
    const lead = schedule === "fixed 1/3/7" ? "" : `${points(score.lead)} ± ${points(score.leadMargin)}`;
    console.log(
      [
        (schedule === "none" ? mix : "").padEnd(42),
        schedule.padEnd(16),
        `${points(score.recovered)} %`.padStart(9),
        lead.padStart(13),
        score.triesPerRecovered.toFixed(2).padStart(17),
        score.daysToMoney.toFixed(1).padStart(15),
      ].join(""),
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [charges, seed] = process.argv.slice(2).map(Number);
  print(charges ?? 4000, seed ?? 1);
}
