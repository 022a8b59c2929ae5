import { Temporal } from "temporal-polyfill";

/** The first moment of a day of the shop's calendar. @param day "2026-12-24" @throws RangeError for no day */
export const startOfDay = (day: string, timeZone: string): Date =>
  new Date(Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds);

/** The day of the shop's calendar in which an instant lies, "2026-12-24". */
export const dayOf = (at: Date, timeZone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDate().toString();

const fieldsOf = ({ year, month, day }: Temporal.PlainDate) => ({ year, month, day });

/** The same time of day on another day; the next moment that exists where the clock is put forward. */
export const sameTimeOn = (at: Date, day: string, timeZone: string): Date =>
  new Date(
    Temporal.Instant.fromEpochMilliseconds(at.getTime())
      .toZonedDateTimeISO(timeZone)
      .with(fieldsOf(Temporal.PlainDate.from(day))).epochMilliseconds,
  );
