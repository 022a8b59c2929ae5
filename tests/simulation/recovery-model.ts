import { Temporal } from "temporal-polyfill";

import type { DeclineClass } from "~/billing/decline";
import { Random } from "~/simulation/random";

/**
 * People whose renewal has failed, and what will be true of them whatever the shop does: when money arrives and how
 * long it stays, when a bank's no passes, when a new card is given. All numbers are ours: no shop's data are public.
 */

export const TIME_ZONE = "Europe/Oslo";
/** When wages are paid: on this day of the month, or the business day before it. */
export const PAY_DAY = 15;

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface Mix {
  name: string;
  /** Which share of failing charges is of which class, by weight. */
  classes: Partial<Record<DeclineClass, number>>;
  /** Of the people with empty accounts, those who are paid on PAY_DAY; the others get money at random moments only. */
  wageEarners: number;
  /** Mean days for which wages, and other money, suffice for the charge. */
  wagesLastDays: number;
  otherMoneyLastsDays: number;
}

/** Each number with what it stands for; printed above every table. */
export const ASSUMPTIONS = {
  otherMoneyEveryDays: 12,
  topUps: 0.15,
  topUpAfterDays: 1.5,
  lastingRefusals: 0.4,
  refusalClearsAfterDays: 3,
  newCardAfterDecline: 0.1,
  newCardAfterExpiry: 0.55,
  newCardAfterHardDecline: 0.35,
  newCardAfterDays: 3,
  neverConfirms: 0.35,
  confirmsAfterDays: 4,
  linkLivesHours: 48,
  longOutages: 0.15,
  outageHours: 3,
  longOutageHours: 60,
} as const;

const A = ASSUMPTIONS;
const percent = (share: number): string => `${Math.round(share * 100)} %`;

export const ASSUMPTIONS_IN_WORDS: readonly string[] = [
  `First failures fall on any day of a year, between 9 and 11 in ${TIME_ZONE}; pay day is the ${PAY_DAY}th, or the business day before.`,
  `Empty accounts: wages on the pay day (share by mix), other money every ${A.otherMoneyEveryDays} days on average, each for a while (by mix); ${percent(A.topUps)} put money in after the e-mail, ${A.topUpAfterDays} days later on average.`,
  `A bank's no: ${percent(A.lastingRefusals)} last, the others pass after ${A.refusalClearsAfterDays} days on average.`,
  `A new card is given after the e-mail by ${percent(A.newCardAfterExpiry)} with an expired one, ${percent(A.newCardAfterHardDecline)} after a hard decline, ${percent(A.newCardAfterDecline)} otherwise, after ${A.newCardAfterDays} days on average; every schedule charges it when it comes, up to day 14.`,
  `3-D Secure: ${percent(A.neverConfirms)} never confirm, the others are ready after ${A.confirmsAfterDays} days on average and need a link of the last ${A.linkLivesHours} hours; each try sends one.`,
  `Gateway trouble lasts ${A.outageHours} hours on average, ${percent(A.longOutages)} of it ${A.longOutageHours}.`,
  `No bank grows stricter because of the tries; the tries for each recovered charge are shown for those who fear it.`,
];

export interface FailedCharge {
  class: DeclineClass;
  firstFailedAt: Date;
  /** Epoch milliseconds from and to between which a try goes through. */
  open: readonly (readonly [number, number])[];
  /** When a new card comes, Infinity for never. */
  newCardAt: number;
  /** CHALLENGE: from when the shopper would confirm, Infinity for never. */
  readyAt: number;
}

const HORIZON_DAYS = 20;

/** The same seed gives the same people with the same fates, in the same order. */
export function failedCharges(mix: Mix, count: number, seed: number): FailedCharge[] {
  const random = new Random(seed);
  // A fate of its own for each, so that one person's draws don't move the next one's.
  return Array.from({ length: count }, () => failedCharge(mix, new Random(random.between(1, 2 ** 31 - 1))));
}

function failedCharge(mix: Mix, random: Random): FailedCharge {
  const classes = Object.entries(mix.classes) as [DeclineClass, number][];
  const [head, ...tail] = classes;
  if (!head) throw new Error(`${mix.name} has no classes.`);
  const kind = random.weighted([head, ...tail]);
  const first = Temporal.PlainDate.from("2026-01-01")
    .add({ days: random.between(0, 364) })
    .toZonedDateTime({ timeZone: TIME_ZONE, plainTime: { hour: 9 } })
    .add({ minutes: random.between(0, 119) });
  const at = first.epochMilliseconds;
  const after = (share: number, meanDays: number): number =>
    random.chance(share) ? at + random.around(meanDays * DAY_MS) : Infinity;
  const newCardShare =
    kind === "EXPIRED" ? A.newCardAfterExpiry : kind === "HARD" ? A.newCardAfterHardDecline : A.newCardAfterDecline;
  return {
    class: kind,
    firstFailedAt: new Date(at),
    newCardAt: kind === "GATEWAY" ? Infinity : after(newCardShare, A.newCardAfterDays),
    readyAt: kind === "CHALLENGE" ? after(1 - A.neverConfirms, A.confirmsAfterDays) : Infinity,
    open: openings(kind, mix, first, random),
  };
}

function openings(
  kind: DeclineClass,
  mix: Mix,
  first: Temporal.ZonedDateTime,
  random: Random,
): (readonly [number, number])[] {
  const at = first.epochMilliseconds;
  switch (kind) {
    case "INSUFFICIENT_FUNDS":
      return money(mix, first, random);
    case "SOFT": {
      const clears = random.chance(A.lastingRefusals)
        ? Infinity
        : at + random.around(A.refusalClearsAfterDays * DAY_MS);
      return [[clears, Infinity]];
    }
    case "GATEWAY": {
      const hours = random.chance(A.longOutages) ? A.longOutageHours : A.outageHours;
      return [[at + random.around(hours * HOUR_MS), Infinity]];
    }
    default:
      return [];
  }
}

/** Stretches with enough money. None holds the first failure: the account was empty then. */
function money(mix: Mix, first: Temporal.ZonedDateTime, random: Random): (readonly [number, number])[] {
  const at = first.epochMilliseconds;
  const stretches: (readonly [number, number])[] = [];
  const arrives = (from: number, meanDays: number): void => {
    stretches.push([from, from + random.around(meanDays * DAY_MS)]);
  };
  if (random.chance(mix.wageEarners)) {
    for (let months = -1; months <= 1; months += 1) {
      let date = first.toPlainDate().add({ months }).with({ day: PAY_DAY });
      while (date.dayOfWeek > 5) date = date.subtract({ days: 1 });
      arrives(
        date.toZonedDateTime({ timeZone: TIME_ZONE, plainTime: { hour: 5 } }).epochMilliseconds,
        mix.wagesLastDays,
      );
    }
  }
  for (
    let from = at - HORIZON_DAYS * DAY_MS;
    (from += random.around(A.otherMoneyEveryDays * DAY_MS)) < at + HORIZON_DAYS * DAY_MS;
  ) {
    arrives(from, mix.otherMoneyLastsDays);
  }
  if (random.chance(A.topUps)) arrives(at + random.around(A.topUpAfterDays * DAY_MS), mix.otherMoneyLastsDays);
  return stretches.filter(([from, to]) => from > at || to <= at);
}

/** Whether a try at this moment goes through. */
export const goesThrough = ({ open, newCardAt }: FailedCharge, at: number): boolean =>
  at >= newCardAt || open.some(([from, to]) => at >= from && at < to);
