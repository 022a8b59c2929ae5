import { describe, expect, it, vi } from "vitest";

import { createAttempt, nextEventAt, runDueEvents } from "../domain";
import { aContract } from "../domain/fixture";
import { gid } from "../world";
import { subscribed } from "./fixture";
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
