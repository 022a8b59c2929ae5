/** Shopify's SellingPlanInterval. */
export type IntervalUnit = "DAY" | "WEEK" | "MONTH" | "YEAR";

const HOUR_MS = 3_600_000;
/** Shortest length of one unit: a bound that is too long would park honest renewals after a short February. */
const SHORTEST_HOURS: Record<IntervalUnit, number> = { DAY: 24, WEEK: 168, MONTH: 28 * 24, YEAR: 365 * 24 };

/**
 * Half of the shortest length of an interval, in milliseconds: the distance within which a second success for a
 * contract is not trusted (docs/decisions/0005). The same table stands in prisma/migrations/constraints.sql.
 */
export function halfIntervalMs(unit: IntervalUnit, count: number): number {
  return (SHORTEST_HOURS[unit] * count * HOUR_MS) / 2;
}

/** Rough length in milliseconds, for "how many cycles may have passed since": never for dates. */
export function shortestIntervalMs(unit: IntervalUnit, count: number): number {
  return SHORTEST_HOURS[unit] * count * HOUR_MS;
}
