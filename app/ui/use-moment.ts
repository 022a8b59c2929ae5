import { tag } from "~/lib/format";
import { useFrame } from "./i18n";

/** Short dates and clock times in the shop's time zone, for schedules. */
export interface Moment {
  /** "tor. 3. des." / "Thu, Dec 3" of an instant, ISO 8601 */
  day(at: string): string;
  /** "09:00" / "9:00 AM" */
  time(at: string): string;
  /** The same of an hour of the day, 0–23. */
  hour(hour: number): string;
}

export function useMoment(): Moment {
  const { locale, shop } = useFrame();
  const format = (at: Date, options: Intl.DateTimeFormatOptions, timeZone = shop.timeZone) =>
    new Intl.DateTimeFormat(tag[locale], { ...options, timeZone }).format(at);
  return {
    day: (at) => format(new Date(at), { weekday: "short", day: "numeric", month: "short" }),
    time: (at) => format(new Date(at), { timeStyle: "short" }),
    hour: (hour) => format(new Date(Date.UTC(2026, 0, 1, hour)), { timeStyle: "short" }, "UTC"),
  };
}
