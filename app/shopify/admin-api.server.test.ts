import { parse } from "graphql";
import { describe, expect, test, vi } from "vitest";

import { AdminApiError, createAdminApi } from "./admin-api.server";
import type { AdminApiDependencies } from "./admin-api.server";
import { RateLine } from "./rate-line";

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
  return clientWith({}, answers);
}

function clientWith(dependencies: Partial<AdminApiDependencies>, answers: Answer[]) {
  const calls: { token: string | null }[] = [];
  const waits: number[] = [];
  const wait = (milliseconds: number) => Promise.resolve(void waits.push(milliseconds));
  const api = createAdminApi({
    shopDomain: "kaffebonna.myshopify.com",
    accessToken: ({ renew }) => Promise.resolve(renew ? "renewed" : "first"),
    log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    wait,
    // Time passes by waiting alone, however slow the machine is.
    line: new RateLine({ now: () => waits.reduce((sum, each) => sum + each, 0), wait }),
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
    ...dependencies,
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

  test("sends nothing that has become too late while it waited", async () => {
    let late = true;
    const isLate = () => late;
    const tooLate = client(good);
    await expect(tooLate.api.request(mutation, {}, { isLate })).rejects.toMatchObject({ trouble: "NO_ANSWER" });
    expect(tooLate.calls).toHaveLength(0);
    late = false;
    const again = client(throttled(0), good);
    const call = again.api.request(mutation, {}, { isLate: () => again.waits.length > 0 });
    await expect(call).rejects.toMatchObject({ trouble: "NO_ANSWER" });
    expect(again.calls).toHaveLength(1);
    const inTime = client(good);
    await inTime.api.request(mutation, {}, { isLate });
    expect(inTime.calls).toHaveLength(1);
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

  test("tells a call that was turned away from a document that was refused, and both from one without an answer", async () => {
    const refusal = { errors: [{ message: "no such field", extensions: { code: "undefinedField" } }] };
    const told = (answer: Answer) =>
      client(answer)
        .api.request(mutation, {})
        .catch((error: unknown) => error);
    expect(await told({ status: 404, body: { errors: "Not Found" } })).toMatchObject({
      trouble: "REFUSED",
      isTurnedAway: true,
    });
    expect(await told({ body: refusal })).toMatchObject({ trouble: "REFUSED", isTurnedAway: false });
    expect(await told({ status: 502, body: {} })).toMatchObject({ trouble: "NO_ANSWER", isTurnedAway: false });
  });

  test("gives up on a bucket that stays empty", async () => {
    const { api } = client(...Array.from({ length: 6 }, () => throttled(0)));
    expect(await trouble(api.request(query, {}))).toBe("THROTTLED");
  });

  test("says what the shop's bucket holds, as the last answer had it", async () => {
    const throttleStatus = { maximumAvailable: 20_000, currentlyAvailable: 19_000, restoreRate: 0.001 };
    const cost = { requestedQueryCost: 1, actualQueryCost: 1, throttleStatus };
    const { api } = client({ body: { data: { shop: { name: "Kaffebønna" } }, extensions: { cost } } });
    expect(api.rate()).toMatchObject({ maximum: 2000, restoreRate: 100 });
    await api.request(query, {});
    const rate = api.rate();
    expect(rate).toMatchObject({ maximum: 20_000, restoreRate: 0.001 });
    expect(rate.available).toBeCloseTo(19_000, 1);
  });

  test("keeps background work in the line while a page goes at once from what is reserved for it", async () => {
    const throttleStatus = { maximumAvailable: 2000, currentlyAvailable: 200, restoreRate: 0.001 };
    const cost = { requestedQueryCost: 1, actualQueryCost: 1, throttleStatus };
    const answer: Answer = { body: { data: { shop: { name: "Kaffebønna" } }, extensions: { cost } } };
    const line = new RateLine();
    const background = clientWith({ line, priority: "background" }, [answer]);
    const page = clientWith({ line }, [answer]);
    await background.api.request(query, {}, { priority: "page" });
    expect(await trouble(background.api.request(query, {}))).toBe("THROTTLED");
    expect(await trouble(page.api.request(query, {}))).toBe("none");
    expect(background.calls).toHaveLength(1);
  });

  test("gives 25 attempts in one call the time that 25 need one after another", async () => {
    const timeout = vi.spyOn(AbortSignal, "timeout");
    const field = (index: number) => `a${index}: subscriptionContractPause(subscriptionContractId: "1") { __typename }`;
    const many = parse(`mutation Many { ${Array.from({ length: 25 }, (_, index) => field(index)).join(" ")} }`);
    await client({ body: { data: {} } }).api.request(many, {});
    await client(good).api.request(query, {});
    const [mutations, one] = timeout.mock.calls.map(([milliseconds]) => milliseconds);
    expect(mutations).toBeGreaterThan(25 * 700 * 1.5);
    expect(one).toBe(20_000);
    timeout.mockRestore();
  });

  test("lets calls run side by side", async () => {
    const waiting: ((response: Response) => void)[] = [];
    const { api } = clientWith({ fetch: () => new Promise((resolve) => waiting.push(resolve)) }, []);
    const all = [1, 2, 3].map(() => api.request(query, {}));
    await vi.waitFor(() => expect(waiting).toHaveLength(3));
    for (const answer of waiting) answer(Response.json({ data: { shop: { name: "Kaffebønna" } } }));
    await Promise.all(all);
  });
});
