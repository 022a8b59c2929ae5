import { setTimeout as wait } from "node:timers/promises";

import { dueAt } from "~/schedule/due";

import type { Call, Control } from "./control";
import { drain, DRAIN } from "./drain";
import { median, ofLimit } from "./measure";
import { startPlatform } from "./platform";
import type { Platform } from "./platform";

/**
 * `npm run bench:moment [-- standard|plus] [--quick | --renewals=1000]`: a shop's renewals that are all due at one moment, by the app as
 * real processes against the stand-in, whose mutations take 300 ms each, one after another.
 */

const quick = process.argv.includes("--quick");
const asked = Number(process.argv.find((word) => word.startsWith("--renewals="))?.split("=")[1] ?? 0);
const START = "2026-12-01T11:00:00Z";
const MUTATION_MS = 300;
const QUERY_MS = 60;
const TIME_ZONE = "Europe/Oslo";
const BILLING_HOUR = 9;
const LOOK_EVERY_MS = 200;
const PATIENCE_MS = 15 * 60_000;
/** Nothing new for this long is rest: the app polls its queues every second. */
const REST_MS = 5_000;
/** Throttles before this are the app's finding out what the bucket holds. */
const WARM_UP_MS = 5_000;

interface Plan {
  name: "standard" | "plus";
  /** Points a second. */
  rate: number;
  /** What background work leaves to people: a tenth of the bucket. */
  reserve: number;
  /** Enough that the run lasts a minute or more: a batch's last answers come seconds after its points are taken. */
  renewals: number;
}

const PLANS: readonly Plan[] = [
  { name: "standard", rate: 100, reserve: 200, renewals: asked || (quick ? 60 : 1000) },
  { name: "plus", rate: 1000, reserve: 2000, renewals: asked || (quick ? 120 : 5000) },
];

const QUIET_DAYS = 3;
const AT_ONCE = 32;

interface Contract {
  lines: { variantId: string; sellingPlanId: string }[];
  billingCycles: { billingAttemptExpectedDate: string }[];
}

const settleAt = (control: Control, at: Date) => control.post("/clock", { set: at.toISOString(), settle: true });

/** So many subscriptions made at one moment, mirrored by the app. @returns when their first renewal is due */
async function subscribers(control: Control, count: number): Promise<Date> {
  const [sample] = await control.all<Contract>("/contracts");
  const line = sample?.lines[0];
  if (!line) throw new Error("The demo shop has no subscription to take the plan from.");
  const { variantId, sellingPlanId } = line;
  await control.post("/stock", { variantId, quantity: null });
  for (let from = 0; from < count; from += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, index) => from + index + 1);
    await Promise.all(
      numbers.map((number) =>
        control.post("/subscribe", {
          customer: `subscriber-${number}@bench.example.com`,
          lines: [{ variantId, sellingPlanId, quantity: 1 }],
        }),
      ),
    );
  }
  const expected = (await control.all<Contract>("/contracts")).at(-1)?.billingCycles[0]?.billingAttemptExpectedDate;
  if (!expected) throw new Error("The new subscription has no cycle.");
  return dueAt(new Date(expected), TIME_ZONE, BILLING_HOUR);
}

/** Importing a large shop takes longer than one moment of the demo's clock may. */
async function untilSettled(control: Control): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const settled = await control.post("/clock", { advance: "PT1M", settle: true }).catch((error: unknown) => error);
    if (!(settled instanceof Error)) return;
    if (tries === 20) throw settled;
  }
}

/** Points that a day costs in which nothing is due. */
async function quietDays(control: Control, until: Date): Promise<number[]> {
  const points: number[] = [];
  const dayMs = 86_400_000;
  while (points.length < QUIET_DAYS) {
    const { now, counts } = await control.counts();
    const next = new Date(Date.parse(now) + dayMs);
    if (next.getTime() > until.getTime() - dayMs / 2) return points;
    const calls = new Set((await control.all<Call>("/calls")).map(({ requestId }) => requestId));
    await settleAt(control, next);
    const spent = (await control.all<Call>("/calls")).filter(({ requestId }) => !calls.has(requestId));
    const after = await control.counts();
    if (after.counts.orders > counts.orders) continue;
    points.push(spent.reduce((sum, { actualCost }) => sum + actualCost, 0));
  }
  return points;
}

interface Seen extends Call {
  /** Real milliseconds since the moment at which the renewals became due. */
  startedAt: number;
  endedAt: number;
}

/** Watches the calls until so many orders are there and the app has come to rest. */
async function watch(control: Control, known: Set<string>, orders: number): Promise<Seen[]> {
  const started = performance.now();
  const calls: Seen[] = [];
  for (let restingSince: number | null = null; ;) {
    await wait(LOOK_EVERY_MS);
    const seen = await control.all<Call>("/calls");
    const at = performance.now() - started;
    const fresh = seen.filter(({ requestId, operation }) => !known.has(requestId) && operation !== DRAIN);
    for (const call of fresh) {
      known.add(call.requestId);
      calls.push({ ...call, startedAt: at - call.durationMs, endedAt: at });
    }
    const { counts } = await control.counts();
    if (fresh.length > 0 || counts.orders < orders) restingSince = null;
    else restingSince ??= at;
    if (restingSince !== null && at - restingSince > REST_MS) return calls;
    if (at > PATIENCE_MS) throw new Error(`${orders - counts.orders} renewals have no order after ${at / 60_000} min.`);
  }
}

/** What goes on, for whoever waits: not among the numbers. */
const progress = (sentence: string) => console.error(`… ${sentence}`);

async function measure(platform: Platform, plan: Plan): Promise<void> {
  const shop = `bench-${plan.name}`;
  const control = platform.control(shop);
  await control.post("/shops", { scenario: "kaffebonna", name: shop, subscribers: 1 });
  await control.post("/shop", { plan: "enterprise" });
  progress(`${plan.renewals} people subscribe`);
  const due = await subscribers(control, plan.renewals);
  progress("the app reads their subscriptions");
  await untilSettled(control);
  progress(`days with nothing due, until ${due.toISOString()}`);
  await control.post("/shop", { plan: plan.name });
  const days = await quietDays(control, due);
  await settleAt(control, new Date(due.getTime() - 1));

  const to = { origin: platform.origin, shopDomain: `${shop}.myshopify.com`, token: await platform.token(shop) };
  const known = new Set((await control.all<Call>("/calls")).map(({ requestId }) => requestId));
  const before = await control.counts();
  progress("the renewals are due");
  const left = await drain(to, plan.reserve);
  await control.post("/latency", { mutationMs: MUTATION_MS, queryMs: QUERY_MS, attemptPendingMinutes: 0 });
  await control.post("/clock", { set: due.toISOString(), settle: false });
  const calls = await watch(control, known, before.counts.orders + plan.renewals);
  progress("an hour later");
  await control.post("/latency", { mutationMs: 0, queryMs: 0 });
  await settleAt(control, new Date(due.getTime() + 3_600_000));
  const later = (await control.all<Call>("/calls")).filter(
    ({ requestId, operation }) => !known.has(requestId) && operation !== DRAIN,
  );
  report(plan, calls, later, { left, days });
}

function report(
  plan: Plan,
  calls: readonly Seen[],
  later: readonly Call[],
  { left, days }: { left: number; days: readonly number[] },
): void {
  const { renewals, rate, reserve } = plan;
  const attempts = calls.filter(({ operation, outcome }) => operation === ATTEMPTS && outcome !== "THROTTLED");
  const seconds = (times: readonly number[]) => Math.max(...times) / 1000;
  const lastSent = seconds(attempts.map(({ startedAt }) => startedAt));
  const lastAnswered = seconds(attempts.map(({ endedAt }) => endedAt));
  const all = [...calls, ...later];
  const points = all.reduce((sum, { actualCost }) => sum + actualCost, 0);
  const throttles = calls.filter(({ outcome }) => outcome === "THROTTLED");
  const share = (until: number) => (renewals * 10) / (rate * until + Math.max(0, left - reserve));
  const of = (value: number, limit: number) => `${value.toFixed(3)} = ${ofLimit(value, limit)}`;
  const line = (what: string, value: string) => console.log(`  ${what.padEnd(52)} ${value}`);
  console.log(
    `${renewals} renewals due at one moment, ${plan.name} (${rate} points/s), mutations ${MUTATION_MS} ms each:`,
  );
  line("points per renewal, confirmations included", of(points / renewals, 10.5));
  line("HTTP calls per renewal, confirmations included", of(all.length / renewals, 0.1));
  line("share of the rate, until the last attempt is sent", `${share(lastSent).toFixed(3)} of 0.95 wanted`);
  line("share of the rate, until the last is answered", share(lastAnswered).toFixed(3));
  line("seconds until the last attempt is sent, answered", `${lastSent.toFixed(1)}, ${lastAnswered.toFixed(1)}`);
  line("cost throttles, of which after warm-up", `${throttles.length}, ${throttles.filter(isLate).length} of 0 wanted`);
  line("points left in the bucket at the start", `${left} (reserve ${reserve})`);
  line("points of a day with nothing due: median, most", `${median(days)}, ${of(Math.max(...days), 60)}`);
  for (const [operation, { count, cost }] of byOperation(all)) {
    line(`  ${operation}`, `${count} calls, ${(cost / renewals).toFixed(3)} points per renewal`);
  }
}

const ATTEMPTS = "BillingAttemptCreate";

const isLate = ({ startedAt }: Seen): boolean => startedAt > WARM_UP_MS;

function byOperation(calls: readonly Call[]): Map<string, { count: number; cost: number }> {
  const totals = new Map<string, { count: number; cost: number }>();
  for (const { operation, actualCost } of calls) {
    const { count, cost } = totals.get(operation) ?? { count: 0, cost: 0 };
    totals.set(operation, { count: count + 1, cost: cost + actualCost });
  }
  return totals;
}

const wanted = PLANS.filter(({ name }) => process.argv.includes(name));
for (const plan of wanted.length > 0 ? wanted : PLANS) {
  const platform = await startPlatform("moment", START);
  try {
    await measure(platform, plan);
  } finally {
    await platform.stop();
  }
}
