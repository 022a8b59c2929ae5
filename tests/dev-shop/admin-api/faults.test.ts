import { describe, expect, it } from "vitest";

import {
  createAttempt,
  nextEventAt,
  pauseContract,
  runDueEvents,
  setFaults,
  skipCycle,
  type FaultInput,
} from "../domain";
import { handleAdminApi } from ".";
import { contractGid, subscribed } from "./fixture";

const PAUSE = "mutation Pause($id: ID!) { subscriptionContractPause(subscriptionContractId: $id) { contract { id } } }";

function faulty(input: FaultInput) {
  const f = subscribed();
  setFaults(f.world, { seed: 7, ...input });
  const ask = (query: string) =>
    handleAdminApi(f.api.devShop, f.shop, {
      accessToken: "good",
      version: "2026-07",
      body: { query, variables: { id: contractGid(f.contract) } },
      requestId: "r",
    });
  return { ...f, ask };
}

describe("faults", () => {
  it("throttle: the envelope of an empty bucket, and nothing is done", async () => {
    const { api, contract, shop } = faulty({ throttle: 1 });
    const answer = await api.call(PAUSE, { id: contractGid(contract) });
    expect(answer).toMatchObject({ status: 200, errors: [{ extensions: { code: "THROTTLED" } }] });
    expect(contract.status).toBe("ACTIVE");
    expect(shop.calls.at(-1)).toMatchObject({ operation: "Pause", outcome: "THROTTLED" });
  });

  it("failBefore: 502 and nothing done; failAfter: done, then the same 502, so that the two can't be told apart", async () => {
    const before = faulty({ failBefore: 1 });
    const after = faulty({ failAfter: 1 });
    const [one, other] = [await before.ask(PAUSE), await after.ask(PAUSE)];
    expect(one.status).toBe(502);
    expect(other).toEqual(one);
    expect([before.contract.status, after.contract.status]).toEqual(["ACTIVE", "PAUSED"]);
  });

  it("timeout: done, and the answer is marked as lost for the host to cut the line", async () => {
    const { ask, contract, shop } = faulty({ timeout: 1 });
    expect((await ask(PAUSE)).lost).toBe(true);
    expect(contract.status).toBe("PAUSED");
    expect(shop.calls.at(-1)).toMatchObject({ outcome: "TIMEOUT" });
  });

  it("processingFailed: an attempt is refused, and some of them have been made all the same; with the switch off none", async () => {
    const CHARGE = `mutation Charge($id: ID!, $key: String!) {
      subscriptionBillingAttemptCreate(subscriptionContractId: $id, subscriptionBillingAttemptInput: { idempotencyKey: $key, billingCycleSelector: { index: 1 } }) {
        subscriptionBillingAttempt { id } userErrors { code } } }`;
    const made = async (mayBeDone: boolean): Promise<number> => {
      const { api, world, shop, contract } = faulty({ processingFailed: 1 });
      world.now = "2026-03-08T09:00:00Z";
      world.settings.assumptions.processingFailedMayHaveBeenDone = mayBeDone;
      for (let index = 0; index < 20; index += 1) {
        const { data } = await api.call(CHARGE, { id: contractGid(contract), key: `k${index}` });
        expect(data?.["subscriptionBillingAttemptCreate"]).toEqual({
          subscriptionBillingAttempt: null,
          userErrors: [{ code: "PROCESSING_FAILED" }],
        });
      }
      return Object.values(shop.attempts).filter(({ origin }) => origin === "app").length;
    };
    expect(await made(false)).toBe(0);
    const some = await made(true);
    expect(some).toBeGreaterThan(3);
    expect(some).toBeLessThan(17);
  });

  it("meets only the operations it names, by their own name or their root field's", async () => {
    const { ask, contract } = faulty({ failAfter: 1, operations: ["Other", "subscriptionContractCancel"] });
    expect((await ask(PAUSE)).status).toBe(200);
    expect(contract.status).toBe("PAUSED");
    const cancel =
      "mutation Any($id: ID!) { subscriptionContractCancel(subscriptionContractId: $id) { contract { id } } }";
    expect((await ask(cancel)).status).toBe(502);
    expect((await ask(cancel.replace("Any", "Other"))).status).toBe(502);
  });

  it("the same seed and the same calls meet the same faults; another seed meets others; a half meets about half", async () => {
    const outcomes = async (seed: number): Promise<string[]> => {
      const { ask, shop } = faulty({ seed, failBefore: 0.5 });
      for (let index = 0; index < 60; index += 1) await ask("query Shop { shop { id } }");
      return shop.calls.map(({ outcome }) => outcome);
    };
    const first = await outcomes(1);
    expect(await outcomes(1)).toEqual(first);
    expect(await outcomes(2)).not.toEqual(first);
    const failed = first.filter((outcome) => outcome === "FAIL_BEFORE").length;
    expect(failed).toBeGreaterThan(15);
    expect(failed).toBeLessThan(45);
  });

  it("operations that run beside each other do not change each other's luck", async () => {
    const alone = faulty({ seed: 3, failBefore: 0.5 });
    const mixed = faulty({ seed: 3, failBefore: 0.5 });
    for (let index = 0; index < 20; index += 1) {
      await alone.ask("query A { shop { id } }");
      await mixed.ask("query B { shop { id } }");
      await mixed.ask("query A { shop { id } }");
    }
    const ofA = ({ shop }: typeof alone) =>
      shop.calls.flatMap((call) => (call.operation === "A" ? [call.outcome] : []));
    expect(ofA(mixed)).toEqual(ofA(alone));
  });

  it("setting none clears them", async () => {
    const { ask, world } = faulty({ failBefore: 1 });
    setFaults(world, {});
    expect((await ask(PAUSE)).status).toBe(200);
  });
});

describe("a stale read", () => {
  const READ = `query Read($id: ID!) { subscriptionContract(id: $id) { status billingAttempts(first: 5) { nodes { idempotencyKey state { __typename } } } }
    subscriptionBillingCycle(billingCycleInput: { contractId: $id, selector: { index: 1 } }) { status }
    subscriptionBillingAttempts(first: 5) { nodes { id } } orders(first: 5) { nodes { id } } }`;

  it("shows what was minutes before: no attempt that was just made, no outcome that has just come, no new order", async () => {
    const f = faulty({ staleRead: 1 });
    f.world.now = "2026-03-08T09:00:00Z";
    runDueEvents(f.world);
    createAttempt(f.world, f.shop, f.contract, { idempotencyKey: "k", billingCycleSelector: { index: 1 } }, "app");
    const seen = async () => (await f.api.call(READ, { id: contractGid(f.contract) })).data;
    expect(await seen()).toMatchObject({
      subscriptionContract: { status: "ACTIVE", billingAttempts: { nodes: [{}] } },
      subscriptionBillingAttempts: { nodes: [{}] },
    });
    f.world.now = nextEventAt(f.world) ?? "";
    runDueEvents(f.world);
    pauseContract(f.world, f.shop, f.contract);
    f.world.now = "2026-03-08T09:02:30Z";
    const stale = await seen();
    expect(stale).toMatchObject({
      subscriptionContract: { status: "ACTIVE" },
      subscriptionBillingCycle: { status: "UNBILLED" },
      orders: { nodes: [{}] },
    });
    expect(f.shop.calls.at(-1)?.outcome).toBe("STALE_READ");
    expect(f.contract.status).toBe("PAUSED");
    f.world.now = "2026-03-08T09:20:00Z";
    expect(await seen()).toMatchObject({
      subscriptionContract: { status: "PAUSED", billingAttempts: { nodes: [{}, { idempotencyKey: "k" }] } },
      subscriptionBillingCycle: { status: "BILLED" },
      orders: { nodes: [{}, {}] },
    });
  });

  it("shows a cycle's edit no sooner than what was made of the contract itself", async () => {
    const f = faulty({ staleRead: 1 });
    f.world.now = "2026-03-03T09:00:00Z";
    runDueEvents(f.world);
    skipCycle(f.world, f.shop, f.contract, { index: 1 });
    const READ_SKIPPED =
      "query Read($id: ID!) { subscriptionBillingCycle(billingCycleInput: { contractId: $id, selector: { index: 1 } }) { skipped } }";
    const seen = async () => (await f.api.call(READ_SKIPPED, { id: contractGid(f.contract) })).data;
    f.world.now = "2026-03-03T09:00:30Z";
    expect(await seen()).toEqual({ subscriptionBillingCycle: { skipped: false } });
    f.world.now = "2026-03-03T09:20:00Z";
    expect(await seen()).toEqual({ subscriptionBillingCycle: { skipped: true } });
  });

  it("never meets a mutation, which works on what is", async () => {
    const { ask, contract, shop } = faulty({ staleRead: 1 });
    await ask(PAUSE);
    expect(contract.status).toBe("PAUSED");
    expect(shop.calls.at(-1)?.outcome).toBe("OK");
  });
});
