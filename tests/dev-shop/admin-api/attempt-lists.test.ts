import { describe, expect, it, vi } from "vitest";

import { chargeFromOutside, createAttempt, nextEventAt, runDueEvents } from "../domain";
import { aContract } from "../domain/fixture";
import { gid } from "../world";
import { contractGid, subscribed } from "./fixture";
import { SEARCH_LAG_MS } from "./search-index";

/** Two contracts, each with its checkout's own attempt and one of ours, decided. */
function billed() {
  const f = subscribed();
  const other = aContract(f, "WEEK");
  f.variant.inventory = null;
  f.world.now = "2026-03-08T09:00:00Z";
  for (const contract of [f.contract, other]) {
    createAttempt(
      f.world,
      f.shop,
      contract,
      { idempotencyKey: contract.id, billingCycleSelector: { index: 1 } },
      "app",
    );
  }
  f.world.now = nextEventAt(f.world) ?? "";
  runDueEvents(f.world);
  const list = async (args: string) => {
    const { data, errors, extensions } = await f.api.call(
      `{ subscriptionBillingAttempts(${args}) { nodes { id idempotencyKey createdAt state { __typename } subscriptionContract { id } }
         pageInfo { hasNextPage endCursor startCursor hasPreviousPage } } }`,
    );
    const page = data?.subscriptionBillingAttempts as {
      nodes: { id: string; idempotencyKey: string }[];
      pageInfo: Record<string, unknown>;
    };
    return { ids: page.nodes.map(({ id }) => id), pageInfo: page.pageInfo, errors, extensions };
  };
  const all = Object.keys(f.shop.attempts).map((id) => gid("SubscriptionBillingAttempt", id));
  return { ...f, other, list, all };
}

describe("the shop's list of attempts", () => {
  it("holds the attempts of every contract, the checkout's own too, in both orders and page by page", async () => {
    const { list, all } = billed();
    expect(all).toHaveLength(4);
    expect((await list("first: 10")).ids).toEqual(all);
    expect((await list("last: 2")).ids).toEqual(all.slice(2));
    expect((await list("first: 3, reverse: true, sortKey: CREATED_AT")).ids).toEqual([...all].reverse().slice(0, 3));
    const first = await list("first: 3, sortKey: ID");
    expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    const rest = await list(`first: 3, sortKey: ID, after: "${String(first.pageInfo.endCursor)}"`);
    expect(rest).toMatchObject({ ids: all.slice(3), pageInfo: { hasNextPage: false, hasPreviousPage: true } });
    expect((await list(`last: 5, sortKey: ID, before: "${String(rest.pageInfo.startCursor)}"`)).ids).toEqual(
      all.slice(0, 3),
    );
  });

  it("is exact and current without a query, and behind with one", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    try {
      const { list, world, shop, contract, all } = billed();
      expect((await list('first: 10, query: "created_at:>=2026-03-08"')).ids).toEqual(all.slice(2));
      world.now = "2026-03-15T09:00:00Z";
      const { attempt } = createAttempt(world, shop, contract, { idempotencyKey: "late" }, "app");
      const id = gid("SubscriptionBillingAttempt", attempt?.id ?? "");
      expect((await list("first: 10")).ids).toContain(id);
      expect((await list('first: 10, query: "created_at:>=2026-03-08"')).ids).not.toContain(id);
      vi.advanceTimersByTime(SEARCH_LAG_MS);
      expect((await list('first: 10, query: "created_at:>=2026-03-08"')).ids).toContain(id);
    } finally {
      vi.useRealTimers();
    }
  });

  it("observed: a bulk charge is in the contract's list and the shop's, and missing from the cycle's", async () => {
    const { api, world, shop, contract, list } = billed();
    const { attempt } = chargeFromOutside(world, shop, contract, { cycleIndex: 1 });
    const id = gid("SubscriptionBillingAttempt", attempt?.id ?? "");
    const { data } = await api.call(
      `query ($id: ID!) {
        subscriptionContract(id: $id) { billingAttempts(first: 9) { nodes { id } } }
        subscriptionBillingCycle(billingCycleInput: { contractId: $id, selector: { index: 1 } }) { billingAttempts(first: 9) { nodes { id } } } }`,
      { id: contractGid(contract) },
    );
    const ids = (name: string) =>
      (data?.[name] as { billingAttempts: { nodes: { id: string }[] } }).billingAttempts.nodes.map((node) => node.id);
    expect(ids("subscriptionContract")).toContain(id);
    expect(ids("subscriptionBillingCycle")).toHaveLength(1);
    expect(ids("subscriptionBillingCycle")).not.toContain(id);
    expect((await list("first: 10")).ids).toContain(id);
  });

  it("assumed: shows attempts of every origin; with the switch off, those alone that the app made", async () => {
    const { world, shop, contract, list, all } = billed();
    chargeFromOutside(world, shop, contract, { cycleIndex: 1 });
    expect((await list("first: 10")).ids).toHaveLength(5);
    world.settings.assumptions.rootListShowsForeign = false;
    expect((await list("first: 10")).ids).toEqual(all.slice(2));
  });

  it("documented: knows four filters and says so of any other", async () => {
    const { list, all, world } = billed();
    world.settings.assumptions.searchesLag = false;
    const [, second = ""] = all;
    expect((await list(`first: 10, query: "id:>=${second.split("/").at(-1)}"`)).ids).toEqual(all.slice(1));
    expect((await list('first: 10, query: "error_code:CARD_DECLINED"')).ids).toEqual([]);
    const other = await list('first: 10, query: "state:success"');
    expect(other.ids).toEqual(all);
    expect(other.extensions.search).toMatchObject([{ warnings: [{ field: "state", code: "invalid_field" }] }]);
  });
});
