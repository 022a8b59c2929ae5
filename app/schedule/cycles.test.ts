import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";

import { cycleAt, cycleIndexAt } from "../../tests/dev-shop/domain/cycles";
import { aContract, aShop } from "../../tests/dev-shop/domain/fixture";
import { cycle, cyclesFrom, deliveriesOf } from "./cycles";
import type { Anchor, CyclePolicy, DeliveryInterval } from "./cycles";
import type { IntervalUnit } from "./interval";

const ZONES = Intl.supportedValuesOf("timeZone");
const often = { numRuns: 500 };

const policy = (over: Partial<CyclePolicy> = {}): CyclePolicy => ({
  interval: "MONTH",
  intervalCount: 1,
  anchors: [],
  timeZone: "Europe/Oslo",
  createdAt: new Date("2026-01-31T09:00:00Z"),
  minCycles: null,
  maxCycles: null,
  ...over,
});

const zoned = (at: Date, timeZone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone);
const ends = (of: CyclePolicy, count: number): string[] =>
  cyclesFrom(of, of.createdAt, count).map(({ endAt }) =>
    zoned(endAt, of.timeZone).toPlainDateTime().toString({ smallestUnit: "minute" }),
  );

/** Whole seconds, as Shopify's instants are. */
const anyInstant = fc
  .date({ min: new Date("2020-01-01"), max: new Date("2032-12-31"), noInvalidDate: true })
  .map((date) => new Date(Math.floor(date.getTime() / 1000) * 1000));
const anyUnit = fc.constantFrom<IntervalUnit>("DAY", "WEEK", "MONTH", "YEAR");
const monthDay = fc.integer({ min: 1, max: 31 }).map((day): Anchor => ({ type: "MONTHDAY", day }));
const ANCHORS: Record<IntervalUnit, fc.Arbitrary<Anchor>> = {
  DAY: monthDay,
  WEEK: fc.integer({ min: 1, max: 7 }).map((day): Anchor => ({ type: "WEEKDAY", day })),
  MONTH: monthDay,
  YEAR: fc
    .record({ day: fc.integer({ min: 1, max: 31 }), month: fc.integer({ min: 1, max: 12 }) })
    .map((at): Anchor => ({ type: "YEARDAY", ...at })),
};
const anyPolicy: fc.Arbitrary<CyclePolicy> = anyUnit.chain((interval) =>
  fc.record({
    interval: fc.constant(interval),
    intervalCount: fc.integer({ min: 1, max: interval === "DAY" ? 90 : 12 }),
    anchors: interval === "DAY" ? fc.constant([]) : fc.array(ANCHORS[interval], { maxLength: 1 }),
    timeZone: fc.constantFrom(...ZONES),
    createdAt: anyInstant,
    minCycles: fc.constant(null),
    maxCycles: fc.constant(null),
  }),
);
const anyIndex = fc.integer({ min: 1, max: 60 });

describe("billing cycles as we reckon them", () => {
  test("cycle 1 starts at the creation, each next one a second after the end of the one before; expected at the end", () => {
    fc.assert(
      fc.property(anyPolicy, anyIndex, (of, index) => {
        const here = cycle(of, index);
        const next = cycle(of, index + 1);
        expect(cycle(of, 1).startAt).toEqual(of.createdAt);
        expect(next.startAt.getTime()).toBe(here.endAt.getTime() + 1000);
        expect(here.expectedAt).toEqual(here.endAt);
        expect(here.endAt > here.startAt && next.endAt > next.startAt).toBe(true);
      }),
      often,
    );
  });

  test("month ends clamp and do not drift, over leap days too", () => {
    expect(ends(policy(), 4)).toEqual(["2026-02-28T10:00", "2026-03-31T10:00", "2026-04-30T10:00", "2026-05-31T10:00"]);
    const leapDay = policy({ interval: "YEAR", createdAt: new Date("2028-02-29T09:00:00Z") });
    expect(ends(leapDay, 4).map((end) => end.slice(0, 10))).toEqual([
      "2029-02-28",
      "2030-02-28",
      "2031-02-28",
      "2032-02-29",
    ]);
    fc.assert(
      fc.property(anyPolicy, anyIndex, (of, index) => {
        if (of.anchors.length > 0 || of.interval === "DAY" || of.interval === "WEEK") return;
        const day = zoned(of.createdAt, of.timeZone).day;
        const end = zoned(cycle(of, index).endAt, of.timeZone).toPlainDateTime();
        // A clock change at midnight may move a late evening into the next day.
        if (end.hour > 1) expect(end.day).toBe(Math.min(day, end.daysInMonth));
      }),
      often,
    );
  });

  test("a cycle reckoned alone is the one found in a list, wherever the list begins", () => {
    fc.assert(
      fc.property(anyPolicy, anyIndex, fc.integer({ min: 1, max: 8 }), (of, index, count) => {
        const alone = Array.from({ length: count }, (_, offset) => cycle(of, index + offset));
        expect(cyclesFrom(of, cycle(of, index).endAt, count)).toEqual(alone);
        expect(cyclesFrom(of, cycle(of, index).startAt, count)[0]).toEqual(alone[0]);
      }),
      often,
    );
  });

  test("keeps the wall clock over clock changes; a missing time moves forward, a doubled one is the first", () => {
    fc.assert(
      fc.property(anyPolicy, anyIndex, (of, index) => {
        const end = zoned(cycle(of, index).endAt, of.timeZone);
        const created = zoned(of.createdAt, of.timeZone).toPlainTime();
        // Eastern Greenland's clocks change at 23:00: that evening's time is moved to the next morning.
        const movedPastMidnight = created.hour === 23 && end.hour === 0;
        if (end.hoursInDay === 24 && !movedPastMidnight) expect(end.toPlainTime().toString()).toBe(created.toString());
      }),
      often,
    );
    const night = policy({ interval: "DAY", createdAt: new Date("2026-03-27T01:30:00Z") });
    expect(ends(night, 3)).toEqual(["2026-03-28T02:30", "2026-03-29T03:30", "2026-03-30T02:30"]);
    const autumn = policy({ interval: "DAY", createdAt: new Date("2026-10-24T00:30:00Z") });
    expect(cycle(autumn, 1).endAt.toISOString()).toBe("2026-10-25T00:30:00.000Z");
  });

  test("an anchor gives the day, and the first cycle is shorter; the 31st clamps, a weekday stays", () => {
    const on31 = policy({ anchors: [{ type: "MONTHDAY", day: 31 }], createdAt: new Date("2026-01-15T09:00:00Z") });
    expect(ends(on31, 3)).toEqual(["2026-01-31T10:00", "2026-02-28T10:00", "2026-03-31T10:00"]);
    const tuesdays = policy({ interval: "WEEK", intervalCount: 2, anchors: [{ type: "WEEKDAY", day: 2 }] });
    expect(ends(tuesdays, 2)).toEqual(["2026-02-03T10:00", "2026-02-17T10:00"]);
    const newYear = policy({ interval: "YEAR", anchors: [{ type: "YEARDAY", day: 1, month: 1 }] });
    expect(ends(newYear, 2)).toEqual(["2027-01-01T10:00", "2028-01-01T10:00"]);
    // One that doesn't fit the interval means nothing.
    expect(ends(policy({ anchors: [{ type: "WEEKDAY", day: 2 }] }), 1)).toEqual(["2026-02-28T10:00"]);
  });

  test("a contract made within the cutoff waits for the anchor after", () => {
    const fifteenth = (createdAt: string, cutoff: number): string | undefined =>
      ends(policy({ anchors: [{ type: "MONTHDAY", day: 15 }], cutoff, createdAt: new Date(createdAt) }), 1)[0];
    expect(fifteenth("2026-01-12T09:00:00Z", 0)).toBe("2026-01-15T10:00");
    expect(fifteenth("2026-01-11T09:00:00Z", 3)).toBe("2026-01-15T10:00");
    expect(fifteenth("2026-01-12T09:00:00Z", 3)).toBe("2026-02-15T10:00");
  });

  test("a contract with an end has no cycles after it; a commitment moves none", () => {
    expect(ends(policy({ maxCycles: 2 }), 10)).toHaveLength(2);
    expect(ends(policy({ minCycles: 3 }), 3)).toEqual(ends(policy(), 3));
    expect(cyclesFrom(policy({ maxCycles: 2 }), new Date("2027-01-01"), 3)).toEqual([]);
  });

  test("no cycle before the first, no half ones", () => {
    for (const index of [0, -1, 1.5, Number.NaN]) expect(() => cycle(policy(), index)).toThrow(RangeError);
  });
});

describe("deliveries of a prepaid plan", () => {
  const prepaid = (over: Partial<CyclePolicy>, unit: IntervalUnit, count: number): CyclePolicy & DeliveryInterval => ({
    ...policy(over),
    deliveryInterval: unit,
    deliveryIntervalCount: count,
  });
  const days = (dates: Date[], timeZone = "Europe/Oslo"): string[] =>
    dates.map((date) => zoned(date, timeZone).toPlainDate().toString());

  test("one charge, k deliveries: the first with the charge, the rest before the next", () => {
    expect(days(deliveriesOf(prepaid({ intervalCount: 3 }, "MONTH", 1), 1))).toEqual([
      "2026-04-30",
      "2026-05-31",
      "2026-06-30",
    ]);
    expect(days(deliveriesOf(prepaid({ intervalCount: 1 }, "WEEK", 1), 1))).toEqual([
      "2026-02-28",
      "2026-03-07",
      "2026-03-14",
      "2026-03-21",
      "2026-03-28",
    ]);
    expect(deliveriesOf(prepaid({ interval: "YEAR" }, "MONTH", 1), 2)).toHaveLength(12);
    const anchored = { anchors: [{ type: "MONTHDAY", day: 31 } as const], intervalCount: 2 };
    expect(days(deliveriesOf(prepaid(anchored, "MONTH", 1), 1))).toEqual(["2026-02-28", "2026-03-31"]);
  });

  test("with every charge when both intervals are the same", () => {
    fc.assert(
      fc.property(anyPolicy, anyIndex, (of, index) => {
        const same = { ...of, deliveryInterval: of.interval, deliveryIntervalCount: of.intervalCount };
        expect(deliveriesOf(same, index)).toEqual([cycle(of, index).endAt]);
      }),
      often,
    );
  });

  test("k deliveries a charge, whatever the zone, the anchor and the month's length; none doubled, none missing", () => {
    fc.assert(
      fc.property(anyPolicy, anyIndex, fc.integer({ min: 1, max: 12 }), (of, index, k) => {
        const billing = { ...of, intervalCount: of.intervalCount * k };
        const plan = { ...billing, deliveryInterval: of.interval, deliveryIntervalCount: of.intervalCount };
        const dates = [...deliveriesOf(plan, index), ...deliveriesOf(plan, index + 1)];
        expect(dates).toHaveLength(2 * k);
        expect(dates[k]).toEqual(cycle(billing, index + 1).endAt);
        for (const [at, date] of dates.entries()) if (at > 0) expect(date > (dates[at - 1] ?? date)).toBe(true);
      }),
      often,
    );
  });
});

describe("against the stand-in's own reckoning", () => {
  test("index, start, end and expected date agree, and so does the cycle in which an instant lies", () => {
    fc.assert(
      fc.property(anyPolicy, anyIndex, anyInstant, (of, index, at) => {
        const made = of.createdAt.toISOString().replace(".000Z", "Z");
        const { world, shop, ...rest } = aShop(made, of.timeZone);
        const contract = aContract({ world, shop, ...rest }, of.interval, of.intervalCount);
        contract.createdAt = made;
        contract.billingPolicy.anchors = [...of.anchors];
        const theirs = cycleAt(world, shop, contract, index);
        const ours = cycle(of, index);
        expect(ours).toEqual({
          index,
          startAt: new Date(theirs.cycleStartAt),
          endAt: new Date(theirs.cycleEndAt),
          expectedAt: new Date(theirs.billingAttemptExpectedDate),
        });
        const near = new Date(Math.min(at.getTime(), ours.endAt.getTime()));
        expect(cyclesFrom(of, near, 1)[0]?.index).toBe(cycleIndexAt(world, shop, contract, near.toISOString()));
      }),
      { numRuns: 300 },
    );
  });
});
