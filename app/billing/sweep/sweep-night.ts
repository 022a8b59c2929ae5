const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Shop-local hour from which the night's sweep may run: few shoppers and merchants are at work. */
const NIGHT_HOUR = 3;
/** Shops begin over this long, so that they don't all begin at once. */
export const NIGHT_MINUTES = 120;

/**
 * When a shop's sweep is next due: its night hour (03:00 local plus its own place in the window) after the last one.
 * @param last when the last sweep, or the reading that stands for it, ended
 * @param offsetMs the shop's UTC offset now; a clock change between moves one sweep by an hour
 * @param spreadMs the shop's place in the window, below `NIGHT_MINUTES`
 */
export function nextNight(last: Date, offsetMs: number, spreadMs: number): Date {
  const shift = NIGHT_HOUR * HOUR_MS + spreadMs - offsetMs;
  return new Date((Math.floor((last.getTime() - shift) / DAY_MS) + 1) * DAY_MS + shift);
}

/** When a running sweep's operations are looked at, minutes after they were started: soon, then ever more rarely. */
const LOOKS = [3, 8, 20, 45, 90, 180, 360, 720];

/** The next look after `now`; null once it has taken so long that it counts as lost. */
export function nextLook(startedAt: Date, now: Date): Date | null {
  const minutes = LOOKS.find((each) => startedAt.getTime() + each * 60_000 > now.getTime());
  return minutes === undefined ? null : new Date(startedAt.getTime() + minutes * 60_000);
}

/** A sweep on its way, as the shop's row keeps it. */
export interface RunningSweep {
  startedAt: Date;
  contractsId: string;
  attemptsId: string;
}

export const writeRunning = ({ startedAt, contractsId, attemptsId }: RunningSweep): string =>
  [startedAt.toISOString(), contractsId, attemptsId].join(" ");

/** @returns null for what is not one */
export function readRunning(text: string): RunningSweep | null {
  const [at = "", contractsId, attemptsId] = text.split(" ");
  const startedAt = new Date(at);
  return contractsId && attemptsId && !Number.isNaN(startedAt.getTime())
    ? { startedAt, contractsId, attemptsId }
    : null;
}
