import { parse } from "graphql";
import { describe, expect, test } from "vitest";

import { AdminApiError, createAdminApi } from "./admin-api.server";

const query = parse("query Shop { shop { name } }");
const mutation = parse(
  'mutation Pause { subscriptionContractPause(subscriptionContractId: "1") { userErrors { message } } }',
);

type Answer = { status?: number; body: unknown } | "no answer";

const throttled = (available: number): Answer => ({
  body: {
    errors: [{ message: "Throttled", extensions: { code: "THROTTLED" } }],
    extensions: {
      cost: {
        requestedQueryCost: 100,
        throttleStatus: { maximumAvailable: 2000, currentlyAvailable: available, restoreRate: 100 },
      },
    },
  },
});
const good: Answer = { body: { data: { shop: { name: "Kaffebønna" } } } };

/** The client against a Shopify that gives these answers one after another. */
function client(...answers: Answer[]) {
  const calls: { token: string | null }[] = [];
  const waits: number[] = [];
  const api = createAdminApi({
    shopDomain: "kaffebonna.myshopify.com",
    accessToken: ({ renew }) => Promise.resolve(renew ? "renewed" : "first"),
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    wait: (milliseconds) => Promise.resolve(void waits.push(milliseconds)),
    fetch: (_input, init) => {
      calls.push({ token: new Headers(init?.headers).get("X-Shopify-Access-Token") });
      const answer = answers.shift();
      if (!answer) throw new Error("one call too many");
      if (answer === "no answer") return Promise.reject(new TypeError("fetch failed"));
      return Promise.resolve(
        new Response(JSON.stringify(answer.body), {
          status: answer.status ?? 200,
          headers: { "Content-Type": "application/json" },
        }),
      );
    },
  });
  return { api, calls, waits };
}

const trouble = (promise: Promise<unknown>) =>
  promise.then(
    () => "none",
    (error: unknown) => (error instanceof AdminApiError ? error.trouble : "another error"),
  );

describe("Admin API client", () => {
  test("waits for exactly the points that a throttled call lacked, then makes it again", async () => {
    const { api, waits } = client(throttled(40), good);
    expect(await api.request(query, {})).toEqual({ shop: { name: "Kaffebønna" } });
    expect(waits).toEqual([600]);
  });

  test("repeats a query that got no answer", async () => {
    const { api, calls } = client("no answer", { status: 503, body: {} }, good);
    expect(await api.request(query, {})).toEqual({ shop: { name: "Kaffebønna" } });
    expect(calls).toHaveLength(3);
  });

  test("never repeats a mutation that got no answer: it may have been carried out", async () => {
    const { api, calls } = client("no answer", good);
    expect(await trouble(api.request(mutation, {}))).toBe("NO_ANSWER");
    expect(calls).toHaveLength(1);
  });

  test("repeats a throttled mutation: nothing was done", async () => {
    const { api, calls } = client(throttled(0), { body: { data: { subscriptionContractPause: { userErrors: [] } } } });
    await api.request(mutation, {});
    expect(calls).toHaveLength(2);
  });

  test("renews a refused token once, then says that the app is signed out", async () => {
    const refused: Answer = { status: 401, body: { errors: "[API] Invalid API key or access token" } };
    const { api, calls } = client(refused, good);
    await api.request(query, {});
    expect(calls.map(({ token }) => token)).toEqual(["first", "renewed"]);
    expect(await trouble(client(refused, refused).api.request(query, {}))).toBe("SIGNED_OUT");
  });

  test.each([
    [402, "SHOP_UNAVAILABLE"],
    [423, "SHOP_UNAVAILABLE"],
    [403, "ACCESS_DENIED"],
  ])("HTTP %i is %s, and is not tried again", async (status, expected) => {
    const { api, calls } = client({ status, body: { errors: "no" } });
    expect(await trouble(api.request(query, {}))).toBe(expected);
    expect(calls).toHaveLength(1);
  });

  test("gives up on a bucket that stays empty", async () => {
    const { api } = client(...Array.from({ length: 6 }, () => throttled(0)));
    expect(await trouble(api.request(query, {}))).toBe("THROTTLED");
  });
});
