import { describe, expect, test } from "vitest";

import type { RealTime } from "~/lib/real-time";

import type { AnsweredCost, CallPriority, TakenPoints } from "./rate-budget";
import { RateLine, RateLines } from "./rate-line";

/** Time that stands until the test moves it. */
class StillTime implements RealTime {
  private at = 0;
  private waiting: { until: number; resolve: () => void }[] = [];

  now(): number {
    return this.at;
  }

  wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => this.waiting.push({ until: this.at + milliseconds, resolve }));
  }

  async moveTo(instant: number): Promise<void> {
    this.at = instant;
    const over = this.waiting.filter(({ until }) => until <= instant);
    this.waiting = this.waiting.filter(({ until }) => until > instant);
    for (const { resolve } of over) resolve();
    // Lets everything that follows from it happen.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const said = (available: number, requested: number, actual: number | null = requested): AnsweredCost => ({
  requestedQueryCost: requested,
  actualQueryCost: actual,
  throttleStatus: { maximumAvailable: 2000, currentlyAvailable: available, restoreRate: 100 },
});

/** A line whose bucket holds so much, in which a "Call" costs 10 points an alias. */
async function lineWith(available: number) {
  const time = new StillTime();
  const line = new RateLine(time);
  const taken = await line.enter({ operation: "Call", aliases: 1, mutation: true }, "page");
  if (!taken) throw new Error("The first call goes at once.");
  line.leave(taken, said(available, 10));
  const gone: { name: string; taken: TakenPoints | null }[] = [];
  const ask = (name: string, aliases: number, priority: CallPriority, again?: { since: number }) =>
    void line
      .enter({ operation: "Call", aliases, mutation: true }, priority, again)
      .then((points) => gone.push({ name, taken: points }));
  const names = () => gone.map(({ name, taken: points }) => (points ? name : `${name} refused`));
  return { time, line, ask, gone, names };
}

describe("the line in front of a shop's bucket", () => {
  test("lets calls go in the order in which they came, each when its points are there", async () => {
    const { time, ask, names } = await lineWith(200);
    ask("large", 25, "background");
    ask("small", 1, "background");
    await time.moveTo(2_499);
    expect(names()).toEqual([]);
    await time.moveTo(2_500);
    expect(names()).toEqual(["large"]);
    await time.moveTo(2_600);
    expect(names()).toEqual(["large", "small"]);
  });

  test("lets a page's call go at once, from what background work has left", async () => {
    const { time, ask, names } = await lineWith(200);
    ask("renewals", 25, "background");
    ask("page", 10, "page");
    await time.moveTo(0);
    expect(names()).toEqual(["page"]);
  });

  test("lets pages go first, also when they must wait", async () => {
    const { time, ask, names } = await lineWith(230);
    ask("page", 40, "page");
    ask("renewal", 1, "background");
    await time.moveTo(1_699);
    expect(names()).toEqual([]);
    await time.moveTo(1_700);
    expect(names()).toEqual(["page"]);
    await time.moveTo(3_800);
    expect(names()).toEqual(["page", "renewal"]);
  });

  test("refuses at once what would wait too long, so that nobody stands in it in vain", async () => {
    const { time, ask, names } = await lineWith(0);
    ask("page", 101, "page");
    for (let call = 1; call <= 30; call += 1) ask(`renewals ${call}`, 25, "background");
    await time.moveTo(0);
    // 60 s bring 6,000 points: 200 for the reserve, then 23 calls.
    expect(names()).toEqual([
      "page refused",
      ...[24, 25, 26, 27, 28, 29, 30].map((call) => `renewals ${call} refused`),
    ]);
  });

  test("refuses a call at its deadline when others draw the points that it waited for", async () => {
    const { time, line, ask, gone, names } = await lineWith(500);
    ask("seen", 1, "background");
    await time.moveTo(0);
    ask("waits", 60, "page");
    const seen = gone[0]?.taken;
    if (!seen) throw new Error("The bucket held its points.");
    line.leave(seen, said(-9_000, 10));
    await time.moveTo(9_999);
    expect(names()).toEqual(["seen"]);
    await time.moveTo(10_000);
    expect(names()).toEqual(["seen", "waits refused"]);
  });

  test("puts a call that was throttled all the same at its head", async () => {
    const { time, ask, names } = await lineWith(200);
    ask("second", 5, "background");
    ask("again", 5, "background", { since: 0 });
    await time.moveTo(500);
    await time.moveTo(1_000);
    expect(names()).toEqual(["again", "second"]);
  });

  test("goes on when a call ends without an answer", async () => {
    const { time, line, ask, gone, names } = await lineWith(300);
    ask("lost", 10, "background");
    ask("next", 10, "background");
    await time.moveTo(0);
    line.leave(gone[0]?.taken as TakenPoints, null);
    await time.moveTo(1_000);
    expect(names()).toEqual(["lost", "next"]);
  });
});

test("each shop has its own line, and the same one every time", () => {
  const lines = new RateLines(new StillTime());
  expect(lines.of("kaffebonna.myshopify.com")).toBe(lines.of("kaffebonna.myshopify.com"));
  expect(lines.of("kaffebonna.myshopify.com")).not.toBe(lines.of("hudpleie.myshopify.com"));
});
