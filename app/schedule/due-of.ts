import { dueAt, spreadMs } from "./due";

/** What of a shop decides when its cycles are charged. */
export interface DueSettings {
  /** IANA name */
  timeZone: string;
  /** 0–23 */
  billingHour: number;
  billingWindowMinutes: number;
}

/**
 * When a shop charges a cycle: its billing hour on the cycle's day, and the contract's own place in the window.
 * @param cycle.contractId our id, so that the same contract always has the same place
 * @param notBefore when the cycle was moved: a billing hour that had passed by then is the next one
 */
export function dueOf(cycle: { contractId: string; expectedAt: Date }, settings: DueSettings, notBefore?: Date): Date {
  const spread = spreadMs(cycle.contractId, settings.billingWindowMinutes);
  return dueAt(cycle.expectedAt, settings.timeZone, settings.billingHour, spread, notBefore);
}

/** Between which moments the cycles of an expected date are charged, each contract at its own place. */
export function dueWindow(expectedAt: Date, settings: DueSettings): { from: Date; to: Date } {
  const at = (spread: number) => dueAt(expectedAt, settings.timeZone, settings.billingHour, spread);
  return { from: at(0), to: at(settings.billingWindowMinutes * 60_000) };
}
