import { dueAt } from "~/schedule/due";

/** What of a shop decides when its cycles are charged. */
export interface DueSettings {
  /** IANA name */
  timeZone: string;
  /** 0–23 */
  billingHour: number;
  billingWindowMinutes: number;
}

/** When a shop charges a cycle: its billing hour on the cycle's day, and the contract's own place in the window. */
export function dueOf(cycle: { contractId: string; expectedAt: Date }, settings: DueSettings): Date {
  return dueAt(cycle.expectedAt, settings.timeZone, settings.billingHour);
}
