import type { BillerPorts, Rules } from "~/billing/biller";
import { RULES } from "~/billing/biller";
import type { ChargeStore } from "~/billing/ledger/charge-store";
import type { AttemptOutcome } from "~/billing/engine";

import { FAULTS } from "./faults";
import type { Mutation } from "./run";
import type { Invariant } from "./watch";
import type { World, WorldOptions } from "./world";

/** A fault that somebody could build into the engine, and why it must not live. */
export interface Mutant {
  name: string;
  because: string;
  /** The promise that it must be seen to break: one that is found out for something else alone proves nothing. */
  breaks: Invariant;
  /** Where the fault shows, if that is not the check's own world. */
  world?: Partial<WorldOptions>;
  mutation: Mutation;
}

/** The same ports with some methods of the ledger replaced. */
const withStore = (ports: BillerPorts, what: (store: ChargeStore) => Partial<ChargeStore>): BillerPorts => ({
  ...ports,
  store: overlay(ports.store, what(ports.store)),
});

const withGate = (ports: BillerPorts, gate: Partial<BillerPorts["gate"]>): BillerPorts => ({
  ...ports,
  gate: { ...ports.gate, ...gate },
});

function overlay<Port extends object>(port: Port, methods: Partial<Port>): Port {
  return new Proxy(port, {
    get: (target, name) =>
      (Reflect.has(methods, name) ? Reflect.get(methods, name) : Reflect.get(target, name)) as unknown,
  });
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

const asFailed = (outcome: AttemptOutcome): AttemptOutcome => ({
  ...outcome,
  state: "FAILED",
  errorCode: "PAYMENT_PROVIDER_ERROR",
});

/** Reads of attempts through which some states look like failures. */
/** Wherever it is read: also where the guard looks for an earlier try that is still on its way. */
const misread = (ports: BillerPorts, isMisread: (outcome: AttemptOutcome, now: Date) => boolean): BillerPorts => {
  const read = (outcome: AttemptOutcome) => (isMisread(outcome, ports.now()) ? asFailed(outcome) : outcome);
  return withGate(ports, {
    readAttempts: async (ids) =>
      (await ports.gate.readAttempts(ids)).map((each) => ({ ...each, outcome: read(each.outcome) })),
    readGuards: async (cycles) =>
      (await ports.gate.readGuards(cycles)).map((guard) =>
        guard && "cycles" in guard
          ? {
              ...guard,
              attempts: guard.attempts.map(read),
              cycles: guard.cycles.map((cycle) => ({ ...cycle, attempts: cycle.attempts.map(read) })),
            }
          : guard,
      ),
  });
};

/** What the cycle's own list shows. */
const ofTheCycleAlone = (guard: Parameters<Rules["decideGuard"]>[1]): typeof guard =>
  guard && "cycles" in guard
    ? {
        ...guard,
        attempts: [],
        cycles: guard.cycles.map((cycle) => ({ ...cycle, billed: cycle.billed && cycle.attempts.length > 0 })),
      }
    : guard;

const indexNow = ({ shopify, timeline }: World, contractShopifyId: string): number =>
  shopify.contract(contractShopifyId).indexAt(timeline.now);

/** Workers often stand still before their last look at the ledger, and Shopify has forgotten a key when they go on. */
const SLEEPY: Partial<WorldOptions> = {
  faults: { ...FAULTS, stall: 0, stallReading: 0.1 },
  keyRetentionMs: 10 * MINUTE_MS,
};

/** The same, with workers that stand still anywhere: also between the ledger's leave and the call. */
const SLEEPY_ANYWHERE: Partial<WorldOptions> = { ...SLEEPY, faults: { ...FAULTS, stall: 0.03 } };

/** Another app charges these contracts all the time, right when ours does, and Shopify's word of it is often lost. */
const CROWDED: Partial<WorldOptions> = {
  faults: { ...FAULTS, webhookLost: 0.5 },
  actsAYear: 30,
  foreignCharges: 60,
};

/** The guard finds most of what a new key would charge again, as long as Shopify itself finds the old key. */
const FORGETFUL: Partial<WorldOptions> = { keyRetentionMs: 10 * MINUTE_MS };

/** The engine as it is, through everything that the faults are built in by: whatever is found in it is found in all of them. */
export const UNCHANGED: Mutation = {
  rules: RULES,
  ports: (ports) =>
    withStore(withGate(ports, { sendAttempts: (...input) => ports.gate.sendAttempts(...input) }), (store) => ({
      dueCycles: (...input) => store.dueCycles(...input),
    })),
  onHint: ({ kind, id }, _world, ports) => readAgain(kind, id, ports),
};

export const MUTANTS: readonly Mutant[] = [
  {
    name: "a random key",
    because: "an intent that is taken back and made again would be another charge to Shopify",
    breaks: "I5 one key, one cycle, one try",
    mutation: {
      ports: (ports, { random }) => ({ ...ports, keyOf: (...of) => `${ports.keyOf(...of)}:${random.between(1, 1e9)}` }),
    },
  },
  {
    name: "a time-out is a failure",
    because: "what timed out may have been done: the next key charges again",
    breaks: "I1 one success for a cycle",
    world: FORGETFUL,
    mutation: {
      rules: {
        decideAnswer: (answer, claimedAt, now) =>
          answer.kind === "NO_ANSWER"
            ? { kind: "RELEASE", until: new Date(now.getTime() + 5 * MINUTE_MS), reason: null }
            : RULES.decideAnswer(answer, claimedAt, now),
      },
      ports: (ports, { timeline }) => ({
        ...ports,
        keyOf: (...of) => `${ports.keyOf(...of)}:${Math.floor(timeline.now / MINUTE_MS)}`,
      }),
    },
  },
  {
    name: "a key without the cycle",
    because: "the next cycle would find the last one's attempt and bring no money",
    breaks: "I7 what is paid for us is what Shopify took",
    mutation: { ports: (ports) => ({ ...ports, keyOf: (contract, _cycle, attempt) => `${contract}:all:${attempt}` }) },
  },
  {
    name: "a key without the try",
    because: "a second try would find the failed first one for ever",
    breaks: "I5 one key, one cycle, one try",
    mutation: { ports: (ports) => ({ ...ports, keyOf: (contract, cycle) => `${contract}:${cycle}:any` }) },
  },
  {
    name: "no guard",
    because: "what somebody else has charged would be charged again",
    breaks: "I1 one success for a cycle",
    world: CROWDED,
    mutation: {
      rules: { decideGuard: () => ({ kind: "SEND", others: [] }) },
      ports: (ports) =>
        withGate(ports, {
          readFeed: async (mark) => ({ ...(await ports.gate.readFeed(mark)), attempts: [], complete: true }),
        }),
    },
  },
  {
    name: "a guard that charges billed cycles",
    because: "Shopify lets a billed cycle be billed again",
    breaks: "I1 one success for a cycle",
    world: CROWDED,
    mutation: {
      rules: {
        decideGuard: (...of) => {
          const decision = RULES.decideGuard(...of);
          return decision.kind === "ADOPT" ? { kind: "SEND", others: decision.others } : decision;
        },
      },
    },
  },
  {
    name: "a guard that reads the cycle's list only",
    because: "a bulk charge stands in the contract's list and not in the cycle's",
    breaks: "I1 one success for a cycle",
    world: CROWDED,
    mutation: {
      rules: {
        decideGuard: (charge, guard, ...rest) => RULES.decideGuard(charge, ofTheCycleAlone(guard), ...rest),
      },
    },
  },
  {
    name: "a guard by date",
    because: "what was charged before the last few minutes would never be seen",
    breaks: "I1 one success for a cycle",
    world: CROWDED,
    mutation: {
      ports: (ports) =>
        withGate(ports, {
          readFeed: async (mark) => {
            const feed = await ports.gate.readFeed(mark);
            const since = ports.now().getTime() - 5 * MINUTE_MS;
            return { ...feed, attempts: feed.attempts.filter(({ outcome }) => outcome.createdAt.getTime() > since) };
          },
        }),
      // Nor is it noticed by the way.
      onHint: ({ kind, id }, world, ports) =>
        kind === "ATTEMPT" && world.shopify.attempt(id)?.origin !== "app"
          ? Promise.resolve()
          : readAgain(kind, id, ports),
    },
  },
  {
    name: "a stale mirror is charged",
    because: "the price that the shopper has seen is the one to take",
    breaks: "I12 what is taken is what was meant",
    mutation: {
      rules: {
        decideGuard: (charge, guard, ...rest) =>
          RULES.decideGuard(charge, guard && { ...guard, revisionId: charge.revisionId }, ...rest),
      },
      ports: (ports) =>
        withGate(ports, { readFeed: async (mark) => ({ ...(await ports.gate.readFeed(mark)), contracts: [] }) }),
    },
  },
  {
    name: "no half-interval bound",
    because: "after an outage or a foreign charge two orders would come at once",
    breaks: "second bound: half an interval between two successes",
    mutation: {
      rules: {
        decideDue: (due, ...rest) => RULES.decideDue({ ...due, lastPaidAt: null }, ...rest),
        decideGuard: (charge, ...rest) => RULES.decideGuard({ ...charge, confirmed: true }, ...rest),
      },
    },
  },
  {
    name: "a webhook is acted on",
    because: "a failure that is told twice would be tried again twice, and at once",
    breaks: "I11 retries are few and far between",
    mutation: {
      onHint: async ({ kind, id }, { shopify, shop }, ports) => {
        await readAgain(kind, id, ports);
        const attempt = shopify.attempt(id);
        if (attempt?.result?.kind !== "FAILED" || attempt.cycleIndex === null) return;
        const row = shop.mirror.get(attempt.contractId);
        const charge =
          row && shop.store.chargesOf(row.contractId).find((each) => each.cycleIndex === attempt.cycleIndex);
        if (!charge) return;
        const number = charge.attempts.length + 1;
        const idempotencyKey = ports.keyOf(attempt.contractId, attempt.cycleIndex, number);
        const at = ports.now();
        const leaseUntil = new Date(at.getTime() + 10 * MINUTE_MS);
        await ports.gate.sendAttempts(
          await ports.store.retry([{ chargeId: charge.chargeId, idempotencyKey, number }], at, leaseUntil),
          () => false,
        );
      },
    },
  },
  {
    name: "the checkout paid cycle 1",
    because: "the first renewal would never be charged",
    breaks: "I7 what is paid for us is what Shopify took",
    mutation: {
      rules: {
        decideDue: (due, ...rest) => {
          const decision = RULES.decideDue(due, ...rest);
          return decision.kind === "CHARGE" ? { ...decision, deep: true } : decision;
        },
        decideGuard: (charge, guard, ...rest) =>
          charge.cycleIndex === 1
            ? { kind: "ADOPT", attempt: null, others: [] }
            : RULES.decideGuard(charge, guard, ...rest),
      },
    },
  },
  {
    name: "pending for long is failed",
    because: "the next try would run beside the one that is on its way",
    breaks: "I6 the next try only after the one before failed",
    mutation: {
      ports: (ports) =>
        misread(
          ports,
          ({ state, createdAt }, now) => state === "PENDING" && now.getTime() - createdAt.getTime() > 8 * MINUTE_MS,
        ),
    },
  },
  {
    name: "a challenge is a failure",
    because: "the shopper may approve it while another try runs",
    breaks: "I6 the next try only after the one before failed",
    mutation: { ports: (ports) => misread(ports, ({ state }) => state === "ACTION_REQUIRED") },
  },
  {
    name: "the cycle of the day",
    because: "an overdue cycle would stay open and the next one be paid twice",
    breaks: "I7 what is paid for us is what Shopify took",
    mutation: {
      ports: (ports, world) =>
        withGate(ports, {
          sendAttempts: (intents, isLate) =>
            ports.gate.sendAttempts(
              intents.map((intent) => ({ ...intent, cycleIndex: indexNow(world, intent.contractShopifyId) })),
              isLate,
            ),
        }),
    },
  },
  {
    name: "only what is due today",
    because: "an outage would lose what was due in it",
    breaks: "I3 nothing is forgotten",
    mutation: {
      ports: (ports) =>
        withStore(ports, (store) => ({
          dueCycles: async (now, limit) =>
            (await store.dueCycles(now, limit)).filter(
              ({ expectedAt, waitReason }) => waitReason !== null || now.getTime() - expectedAt.getTime() < DAY_MS,
            ),
        })),
    },
  },
  {
    name: "no fence",
    because: "a worker that slept beyond its lease would send what another one has dealt with meanwhile",
    breaks: "I1 one success for a cycle",
    // As long as Shopify finds a key again that does no harm; nobody says how long that is.
    world: SLEEPY,
    mutation: {
      ports: (ports) =>
        withStore(ports, (store) => ({
          sending: async (intents, now, leaseUntil) => {
            await store.sending(intents, now, leaseUntil);
            return intents.map((intent) => ({ ...intent, leaseUntil }));
          },
        })),
    },
  },
  {
    name: "no last look at the clock",
    because: "a worker that slept between the ledger's leave and the call would send what another one has had paid",
    breaks: "I1 one success for a cycle",
    world: SLEEPY_ANYWHERE,
    mutation: {
      ports: (ports) => withGate(ports, { sendAttempts: (intents) => ports.gate.sendAttempts(intents, () => false) }),
    },
  },
  {
    name: "nobody polls",
    because: "an end that no webhook tells would be known to nobody before the night",
    breaks: "what ended is booked within half a day, told or not",
    mutation: {
      ports: (ports) =>
        withStore(ports, (store) => ({
          takeFollowUps: async (...input) =>
            (await store.takeFollowUps(...input)).filter(({ state }) => state !== "PENDING"),
        })),
    },
  },
  {
    name: "charged half a day early",
    because: "the shopper was told the day, and may still skip it",
    breaks: "I17 due dates don't depend on the run",
    mutation: {
      ports: (ports) =>
        withStore(ports, (store) => ({
          dueCycles: (now, limit) => store.dueCycles(new Date(now.getTime() + DAY_MS / 2), limit),
        })),
    },
  },
  {
    name: "retried every hour",
    because: "banks take what comes faster as an attack",
    breaks: "I11 retries are few and far between",
    mutation: {
      ports: (ports) => ({ ...ports, store: overlay(ports.store, { settle: hastySettle(ports) }) }),
    },
  },
];

async function readAgain(kind: string, id: string, { store, gate, reread, now }: BillerPorts): Promise<void> {
  if (kind === "CONTRACT") return reread([id]);
  const read = await gate.readAttempts([id]);
  await store.settle(
    read.map(({ outcome }) => outcome),
    now(),
  );
}

/** Books every failure as the gateway's trouble, which is tried again after an hour. */
const hastySettle =
  ({ store }: BillerPorts): ChargeStore["settle"] =>
  (outcomes, now) =>
    store.settle(
      outcomes.map((outcome) => (outcome.state === "FAILED" ? asFailed(outcome) : outcome)),
      now,
    );
