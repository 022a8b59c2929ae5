import type { BillerPorts, Rules } from "~/billing/biller";
import { createBiller, RULES as REAL_RULES } from "~/billing/biller";
import type { Intent } from "~/billing/ledger/charge-store";
import type { View } from "~/simulation/simulated-shop";
import type { Hint } from "~/simulation/simulated-shopify";

import { account, somethingRuns } from "./accounts";
import type { Totals } from "./accounts";
import { Crash, NO_FAULTS, Unreliable, Worker } from "./faults";
import type { Surroundings } from "./faults";
import { planActs } from "./shoppers";
import { Watch } from "./watch";
import type { Violation } from "./watch";
import { createWorld, DAY_MS, isIn, OPTIONS } from "./world";
import type { World, WorldOptions } from "./world";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** A worker looks at least so often whether something is due. */
const LONGEST_SLEEP_MS = 12 * HOUR_MS;
/** After the bad times everything gets this long to come to its end. */
const CALM_MS = 20 * DAY_MS;
const ROUNDS_PER_JOB = 40;
/** The workers; whoever dies is replaced. */
const PLACES: readonly string[] = ["w0", "w1"];

/** What a mutant puts in the place of the real thing. */
export interface Mutation {
  rules?: Partial<Rules>;
  ports?: (ports: BillerPorts, world: World) => BillerPorts;
  /** What is done about a webhook instead of reading again what it names. */
  onHint?: (hint: Hint, world: World, ports: BillerPorts) => Promise<void> | null;
}

export interface SeedResult extends Totals {
  seed: number;
  violations: readonly Violation[];
  trace: readonly string[];
}

/** One seed from its first to its last day: the real biller, two workers, and everything that can go wrong. */
export async function runSeed(
  seed: number,
  {
    options = OPTIONS,
    mutation = {},
    trace = false,
    after,
  }: { options?: WorldOptions; mutation?: Mutation; trace?: boolean; after?: (world: World) => void } = {},
): Promise<SeedResult> {
  const world = createWorld(seed, options);
  const watch = new Watch(world);
  const app = new App(world, watch, mutation, trace);
  planActs(world);
  app.start();
  const afterEach = () => watch.step();
  await world.timeline.runUntil(world.end, afterEach);
  app.calm();
  let until = world.end + CALM_MS;
  await world.timeline.runUntil(until, afterEach);
  // A charge of this very moment is let end.
  for (let hours = 0; hours < 48 && somethingRuns(world); hours += 1) {
    until += HOUR_MS;
    await world.timeline.runUntil(until, afterEach);
  }
  app.stop();
  await world.timeline.runUntil(until + HOUR_MS, afterEach);
  await app.tellEverythingTwice();
  after?.(world);
  const totals = account(world, watch, until);
  return { ...totals, seed, violations: watch.violations, trace: app.lines };
}

interface Process {
  worker: Worker;
  reach: Unreliable;
  ports: BillerPorts;
}

/** The app's processes: two workers that bill, take webhooks in and sweep at night; all may die at any await. */
class App {
  readonly lines: string[] = [];
  private readonly view: View = { lagMs: 0 };
  private readonly surroundings: Surroundings;
  private readonly processes = new Map<string, Process>();
  private readonly alarms: { at: number; wake: () => void }[] = [];
  private isStopped = false;
  private names = 0;

  constructor(
    private readonly world: World,
    private readonly watch: Watch,
    private readonly mutation: Mutation,
    private readonly traces: boolean,
  ) {
    const { timeline, random, options, shopifyOutages } = world;
    this.surroundings = {
      timeline,
      random,
      faults: options.faults,
      view: this.view,
      shopifyIsUp: () => !isIn(shopifyOutages, timeline.now),
      onCall: (worker, call) => this.note(`${worker.name} ${call}`),
      onStall: ({ name }, ms) => {
        const [place = ""] = name.split(".");
        if (PLACES.includes(place)) world.stalls.push({ place, from: timeline.now, to: timeline.now + ms });
        this.note(`${name} stands still for ${Math.round(ms / MINUTE_MS)} minutes`);
      },
    };
    world.onHint = (hint) => this.hinted(hint);
  }

  start(): void {
    const { world } = this;
    for (const place of PLACES) void this.work(place);
    void this.sweepNightly();
    for (const { from } of world.appOutages) world.timeline.at(from, () => this.killAll());
    if (world.options.faults.stall > 0) {
      // Now and then the clock of everything jumps: a machine that slept, a demo that was moved forward.
      const jumps = world.random.between(0, 2);
      for (let jump = 0; jump < jumps; jump += 1) {
        const at = world.start + Math.floor(world.random.next() * (world.end - world.start));
        world.timeline.at(at, () => {
          const ms = world.random.between(1, 20) * HOUR_MS;
          world.jumps.push({ from: world.timeline.now, to: world.timeline.now + ms });
          world.timeline.jump(ms);
        });
      }
    }
  }

  /** Nothing goes wrong any more. */
  calm(): void {
    this.surroundings.faults = NO_FAULTS;
    this.surroundings.shopifyIsUp = () => true;
    this.note("calm");
  }

  stop(): void {
    this.isStopped = true;
  }

  private isUp = (): boolean =>
    this.world.timeline.now >= this.world.end || !isIn(this.world.appOutages, this.world.timeline.now);

  private killAll(): void {
    for (const { worker } of this.processes.values()) worker.dead = true;
    this.note("the app is down");
  }

  private note(line: string): void {
    if (this.traces) this.lines.push(`${new Date(this.world.timeline.now).toISOString()} ${line}`);
  }

  /** The process of this name, or a new one in its place if it has died. */
  private begin(name: string): Process {
    const running = this.processes.get(name);
    if (running && !running.worker.dead) return running;
    const { faults, random } = this.surroundings;
    const skew = faults.clockSkewMs > 0 && random.chance(0.2) ? random.between(-1, 1) * faults.clockSkewMs : 0;
    const worker = new Worker(`${name}${(this.names += 1)}`, skew);
    const reach = new Unreliable(worker, this.surroundings);
    const process = { worker, reach, ports: this.portsOf(worker, reach) };
    this.processes.set(name, process);
    return process;
  }

  /** The worker's ports, with the world's faults in between. */
  private portsOf(worker: Worker, reach: Unreliable): BillerPorts {
    const { shop, timeline } = this.world;
    const real = shop.ports(this.view);
    const gate = reach.shopify(real.gate);
    const ports: BillerPorts = {
      ...real,
      store: reach.database(real.store, (name, result) => {
        if (name === "claim" || name === "retry") this.watch.committed(result as Intent[]);
      }),
      gate: {
        readFeed: (mark) => gate.readFeed(mark),
        readGuards: (cycles) => gate.readGuards(cycles),
        readAttempts: (ids) => gate.readAttempts(ids),
        sendAttempts: async (intents, isLate) => {
          const answers = await reach.mutations(
            `send ${intents.map(({ attempt }) => attempt.idempotencyKey).join(" ")}`,
            intents.map((intent) => shop.send(intent)),
            isLate,
          );
          return answers ?? intents.map(() => ({ kind: "NO_ANSWER" }));
        },
      },
      stock: reach.shopify(real.stock),
      acts: reach.shopify(real.acts),
      reread: (ids) => reach.shopify({ reread: () => real.reread(ids) }).reread(),
      now: () => new Date(timeline.now + worker.skewMs),
    };
    return this.mutation.ports?.(ports, this.world) ?? ports;
  }

  /** One worker's life: jobs, sleep, death, and another one in its place. */
  private async work(place: string): Promise<void> {
    const { timeline, random } = this.world;
    await timeline.sleep(random.between(0, 10) * MINUTE_MS);
    while (!this.isStopped) {
      if (!this.isUp()) {
        await timeline.sleep(10 * MINUTE_MS);
        continue;
      }
      const { worker, ports } = this.begin(`${place}.`);
      let rest = 0;
      try {
        await this.bill(ports);
      } catch (error) {
        if (!(error instanceof Crash)) this.note(`${worker.name} gave up: ${String(error)}`);
        rest = (error instanceof Crash ? random.between(1, 10) : random.between(1, 5)) * MINUTE_MS;
      }
      await (rest > 0 ? timeline.sleep(rest) : this.sleepUntilNeeded());
    }
  }

  private async bill(ports: BillerPorts): Promise<void> {
    const biller = createBiller(ports, { ...REAL_RULES, ...this.mutation.rules });
    await biller.attend();
    for (let round = 0; round < ROUNDS_PER_JOB; round += 1) {
      if ((await biller.round(CYCLES_PER_ROUND)) === 0) return;
    }
  }

  /** Until the next moment of the ledger, or until something has changed. */
  private async sleepUntilNeeded(): Promise<void> {
    const { timeline, random, shop } = this.world;
    const next = shop.nextMoment() ?? Infinity;
    // Mostly one of the two comes first; often enough they meet.
    const soonest = timeline.now + random.between(20_000, MINUTE_MS) + this.handicap();
    const at = Math.min(Math.max(next + this.handicap(), soonest), timeline.now + LONGEST_SLEEP_MS);
    await new Promise<void>((resolve) => {
      const alarm = { at, wake: resolve };
      this.alarms.push(alarm);
      this.set(alarm);
    });
  }

  private handicap(): number {
    const { random } = this.world;
    return random.chance(0.5) ? random.between(0, 5 * MINUTE_MS) : 0;
  }

  private set(alarm: { at: number; wake: () => void }): void {
    const { timeline } = this.world;
    timeline.at(alarm.at, () => {
      const place = this.alarms.indexOf(alarm);
      if (place < 0) return;
      this.alarms.splice(place, 1);
      timeline.wake();
      alarm.wake();
    });
  }

  /** Something has changed: whoever sleeps past the next moment is woken at it. */
  private poke(): void {
    const { timeline, shop, random } = this.world;
    const next = Math.max(shop.nextMoment() ?? Infinity, timeline.now + random.between(1000, MINUTE_MS));
    for (const alarm of [...this.alarms]) {
      const at = next + this.handicap();
      if (alarm.at <= at) continue;
      alarm.at = at;
      this.set(alarm);
    }
  }

  /** Shopify tells something: late, twice or never. */
  private hinted(hint: Hint): void {
    const { random, faults } = this.surroundings;
    const { timeline } = this.world;
    this.note(`Shopify: ${hint.kind} ${hint.id}`);
    if (random.chance(faults.webhookLost)) return;
    const times = random.chance(faults.webhookDoubled) ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      const delay = random.chance(faults.webhookLate) ? random.around(3 * HOUR_MS) : random.around(5000);
      timeline.in(delay, () => this.deliver(hint, timeline.now));
    }
  }

  private deliver(hint: Hint, since: number): void {
    const { timeline } = this.world;
    // Shopify tries for four hours.
    if (this.isUp()) void this.take(hint, 0);
    else if (timeline.now - since < 4 * HOUR_MS) timeline.in(30 * MINUTE_MS, () => this.deliver(hint, since));
  }

  /** It is in the inbox: what it names is read again, until that has worked. */
  private async take(hint: Hint, tries: number): Promise<void> {
    const { timeline, random } = this.world;
    this.world.timeline.wake();
    const { ports } = this.begin("i");
    try {
      await (this.mutation.onHint?.(hint, this.world, ports) ?? this.readAgain(hint, ports));
    } catch {
      timeline.in((1 + tries) * random.between(1, 5) * MINUTE_MS, () => {
        if (this.isUp() || tries < 50) void this.take(hint, tries + 1);
      });
    }
    this.poke();
  }

  private async readAgain({ kind, id }: Hint, { store, gate, reread, now }: BillerPorts): Promise<void> {
    if (kind === "CONTRACT") return reread([id]);
    const read = await gate.readAttempts([id]);
    const own = await store.settle(
      read.map(({ outcome }) => outcome),
      now(),
    );
    const foreign = read.filter(({ outcome }) => !own.has(outcome.idempotencyKey));
    if (foreign.length > 0) await reread(foreign.map(({ contractShopifyId }) => contractShopifyId));
  }

  private async sweepNightly(): Promise<void> {
    const { timeline, random, shop } = this.world;
    while (!this.isStopped) {
      await timeline.sleep(DAY_MS + random.between(-30, 30) * MINUTE_MS);
      if (!this.isUp()) continue;
      const { worker, reach } = this.begin("s");
      try {
        await reach.shopify({ sweep: () => shop.sweep(this.view) }).sweep();
      } catch {
        this.note(`${worker.name} did not sweep`);
      }
      this.poke();
    }
  }

  /** I15: at rest, every webhook of the last weeks once more and twice, in any order, changes nothing. */
  async tellEverythingTwice(): Promise<void> {
    const { shop, shopify, random, timeline } = this.world;
    await shop.sweep({ lagMs: 0 });
    const rows = () => JSON.stringify([...shop.store.charges.values()]);
    const before = rows();
    const again = [...shopify.attempts, ...shopify.attempts]
      .filter(({ result }) => result !== null)
      .map((attempt) => ({ attempt, order: random.next() }))
      .sort((one, other) => one.order - other.order);
    const ports = shop.ports();
    for (const { attempt } of again) {
      const read = await ports.gate.readAttempts([attempt.id]);
      await ports.store.settle(
        read.map(({ outcome }) => outcome),
        new Date(timeline.now),
      );
    }
    if (rows() !== before) this.watch.say("I15 told twice, nothing changes", "-", "the ledger's rows have changed");
  }
}

const CYCLES_PER_ROUND = 20;
