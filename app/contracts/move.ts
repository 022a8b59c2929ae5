/** Days of the shop's calendar, "2026-12-24", both included. */
export interface DayRange {
  from: string;
  to: string;
}
