import { get } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { emit } from "../domain";
import type { RunningDevShop } from "../start";
import type { Shop } from "../world";
import { Clock, ClockUnrest } from "./clock";
import { NOW, startTinyApp, startWithShop, type Caller, type TinyApp } from "./test-kit";

let app: TinyApp;
let running: RunningDevShop;
let shop: Shop;
let call: Caller;
const leaving: (() => void)[] = [];

beforeEach(async () => {
  app = await startTinyApp();
  ({ running, shop, call } = await startWithShop(app));
});
afterEach(async () => {
  for (const leave of leaving.splice(0)) leave();
  await running.stop();
  await app.stop();
});

/** A process of the app: on each turn it does the work that is due by then, and says what is due next. */
async function join(work: { at: string; run: () => void | Promise<void> }[] = []): Promise<{ seen: string[] }> {
  const seen: string[] = [];
  const id = crypto.randomUUID();
  const url = new URL(
    `/_control/clock/stream?id=${id}&process=worker`,
    running.origin.replace("localhost", "127.0.0.1"),
  );
  await new Promise<void>((resolve) => {
    const request = get(url, (response) => {
      let rest = "";
      response.on("data", (chunk: Buffer) => {
        const lines = (rest + chunk.toString()).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) void turn(JSON.parse(line) as { turn: number; now: string });
      });
    });
    leaving.push(() => request.destroy());
    const turn = async ({ turn: number, now }: { turn: number; now: string }): Promise<void> => {
      seen.push(now);
      while (work[0] && work[0].at <= now) await work.shift()?.run();
      await call("POST", "/_control/clock/turns", { id, turn: number, nextDueAt: work[0]?.at ?? null });
      resolve();
    };
  });
  return { seen };
}

const settle = (body: Record<string, unknown>) => call("POST", "/_control/clock", { ...body, settle: true });

describe("the clock", () => {
  test("tells a process the time as soon as it joins", async () => {
    const { seen } = await join();
    expect(seen).toEqual([NOW]);
  });

  test("without settle: moves, tells everybody, and waits for nobody", async () => {
    const { seen } = await join();
    const { status, body } = await call("POST", "/_control/clock", { advance: "P1D" });
    expect([status, body["now"]]).toEqual([200, "2026-03-03T11:00:00.000Z"]);
    await expect.poll(() => seen.at(-1)).toBe("2026-03-03T11:00:00.000Z");
  });

  test("settle visits every moment at which the app has something due, in order, and ends at its target", async () => {
    const done: string[] = [];
    const job = (at: string) => ({ at, run: () => void done.push(running.devShop.world.now) });
    const { seen } = await join([
      job("2026-03-04T08:00:00.000Z"),
      job("2026-03-09T08:00:00.000Z"),
      job("2026-05-01T00:00:00.000Z"),
    ]);
    const { body } = await settle({ advance: "P14D" });
    expect(done).toEqual(["2026-03-04T08:00:00.000Z", "2026-03-09T08:00:00.000Z"]);
    expect(new Set(seen)).toEqual(
      new Set([NOW, "2026-03-04T08:00:00.000Z", "2026-03-09T08:00:00.000Z", "2026-03-16T11:00:00.000Z"]),
    );
    expect(body["now"]).toBe("2026-03-16T11:00:00.000Z");
    expect((await call("GET", "/_control/clock")).body["nextDueAt"]).toBe("2026-05-01T00:00:00.000Z");
  });

  test("settle gives the app another turn after the webhooks that its work set off", async () => {
    const log: string[] = [];
    app.answer = (received, response) => {
      if (received.path === "/webhooks") log.push("webhook");
      response.end();
    };
    const at = "2026-03-03T00:00:00.000Z";
    const { seen } = await join([
      {
        at,
        run: () => {
          log.push("job");
          emit(running.devShop.world, shop, "subscription_contracts/update", { id: 1 });
        },
      },
    ]);
    await settle({ set: at });
    expect(log).toEqual(["job", "webhook"]);
    expect(seen.filter((now) => now === at).length).toBeGreaterThanOrEqual(2);
  });

  test("an API mutation of the app earns it another turn", async () => {
    const at = "2026-03-03T00:00:00.000Z";
    const { seen } = await join([
      {
        at,
        run: async () => {
          await call("POST", "//proving.myshopify.com/admin/api/2026-07/graphql.json", { query: "mutation M { x }" });
        },
      },
    ]);
    await settle({ set: at });
    expect(seen.filter((now) => now === at).length).toBeGreaterThanOrEqual(2);
  });

  test("an answer of nobody, and one that is none, are refused", async () => {
    const answer = (body: unknown) => call("POST", "/_control/clock/turns", body);
    expect((await answer({ id: "nobody", turn: 1, nextDueAt: null })).status).toBe(404);
    expect((await answer({ id: "nobody", turn: 1, nextDueAt: "soon" })).status).toBe(400);
    expect((await answer("{")).status).toBe(400);
  });

  test("only moves forward, and says so", async () => {
    const { status, body } = await settle({ set: "2026-01-01T00:00:00Z" });
    expect(status).toBe(400);
    expect(body["error"]).toContain("only moves forward");
  });

  test.each([
    [{}],
    [{ set: NOW, advance: "P1D" }],
    [{ advance: "a week" }],
    [{ set: "tomorrow" }],
    [{ advance: "P1D", x: 1 }],
  ])("%j is refused with a sentence", async (body) => {
    const answer = await call("POST", "/_control/clock", body);
    expect(answer.status).toBe(400);
    expect(answer.body["error"]).toEqual(expect.any(String));
  });

  test("a process that has gone is waited for no longer", async () => {
    const stuck = await join();
    const moving = settle({ advance: "P1D" });
    leaving.splice(0).forEach((leave) => leave());
    expect((await moving).status).toBe(200);
    expect(stuck.seen.length).toBeGreaterThan(0);
  });

  test("a process that never answers is named when the limit has passed", async () => {
    const { devShop } = running;
    const clock = new Clock({
      devShop,
      webhooks: { deliverDue: () => Promise.resolve(0), nextTryAt: () => null, hasDue: () => false, activity: 0 },
      nextEventAt: () => null,
      runDueEvents: () => undefined,
      restLimitMs: 50,
    });
    clock.join("the-id", "worker", { write: () => true, end: () => undefined });
    const failure = await clock.advance("2026-03-03T00:00:00Z", true).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ClockUnrest);
    expect(String(failure)).toContain("worker the-id did not answer");
  });

  test("work that is due again and again at the same moment does not settle for ever", async () => {
    const { devShop } = running;
    const clock = new Clock({
      devShop,
      webhooks: { deliverDue: () => Promise.resolve(0), nextTryAt: () => null, hasDue: () => false, activity: 0 },
      nextEventAt: () => null,
      runDueEvents: () => undefined,
      restLimitMs: 50,
    });
    const stream = {
      write: (line: string) => {
        const { turn, now } = JSON.parse(line) as { turn: number; now: string };
        setTimeout(() => clock.answer("the-id", turn, now), 1);
        return true;
      },
      end: () => undefined,
    };
    clock.join("the-id", "worker", stream);
    const failure = await clock.advance("2026-03-03T00:00:00Z", true).catch((error: unknown) => error);
    expect(String(failure)).toContain("still has work due");
  });
});
