import { Temporal } from "temporal-polyfill";

import type { Instant, World } from "../world";

/** Epoch milliseconds of an ISO 8601 instant. Throws on text that is none: the world must never hold such a value. */
export function ms(instant: Instant): number {
  const value = Date.parse(instant);
  if (Number.isNaN(value)) throw new Error(`Not an instant: ${instant}`);
  return value;
}

/** Shopify's DateTime: UTC with whole seconds. */
export const instantOf = (epochMs: number): Instant =>
  new Date(Math.floor(epochMs / 1000) * 1000).toISOString().replace(".000Z", "Z");

export const plus = (instant: Instant, milliseconds: number): Instant => instantOf(ms(instant) + milliseconds);

export const nowOf = (world: World): Instant => instantOf(ms(world.now));

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The same instant with the zone's offset, as webhook payloads write times: "2022-10-01T00:00:00-04:00". */
export const withOffset = (instant: Instant, timeZone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(ms(instant))
    .toZonedDateTimeISO(timeZone)
    .toString({ timeZoneName: "never", smallestUnit: "second" });
