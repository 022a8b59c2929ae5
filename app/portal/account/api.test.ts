import { describe, expect, it } from "vitest";

import { systemClock } from "~/lib/clock";

import { testApp } from "../../../tests/app";
import type { Preview, Problem, Receipt } from "../actions";
import { createRateLimit } from "../proxy/rate-limit";
import type { Choices, PortalHome, PortalSubscription } from "../views";
import { answerAccount } from "./api.server";
import type { AccountApi } from "./api.server";
import { accountRequest, API_KEY, API_SECRET, sessionToken } from "./requests.fixture";
import { createReadToken } from "./session-token.server";

const app = await testApp({ subscribers: 4 });
const { ctx, shopify } = app;
const domain = app.shop.domain;

const settings = (limit = 1000): AccountApi => ({
  readToken: createReadToken({ apiKey: API_KEY, apiSecretKey: API_SECRET }),
  reads: createRateLimit(limit, systemClock),
  writes: createRateLimit(limit, systemClock),
});

const active = Object.values(shopify.contracts).filter(({ status }) => status === "ACTIVE");
const [first] = active;
const stranger = active.find(({ customerId }) => customerId !== first?.customerId);
if (!first || !stranger) throw new Error("the demo shop has subscribers");

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");

async function ask<Body>(customer: string, path: string, body?: unknown) {
  const response = await answerAccount(ctx, settings(), accountRequest(sessionToken(domain, customer), path, body));
  return { status: response.status, headers: response.headers, body: (await response.json()) as Body };
}

const idOf = async (customer: string): Promise<string> => {
  const { body } = await ask<PortalHome>(customer, "home?locale=en");
  const id = body.subscriptions.find(({ status }) => status === "ACTIVE")?.id;
  if (!id) throw new Error("the shopper has a subscription");
  return id;
};

const skippedInShopify = (contract: { cycleEdits: Record<string, { skipped?: boolean }> }) =>
  Object.entries(contract.cycleEdits)
    .filter(([, edit]) => edit.skipped)
    .map(([index]) => Number(index));

describe("an extension in the shopper's account", () => {
  it("asks for the provinces of one country at a time", async () => {
    const id = await idOf(first.customerId);
    const about = async (query: string) =>
      (
        await ask<Extract<Choices, { kind: "address" }>>(
          first.customerId,
          `subscriptions/${id}/choices?kind=address${query}`,
        )
      ).body;
    expect((await about("&locale=nb")).region).toEqual({
      country: "NO",
      zipRequired: true,
      provinceRequired: false,
      provinces: [],
    });
    await ctx.db.shop.update({ where: { id: app.shop.id }, data: { shipsTo: ["NO", "US"] } });
    const { countries, region } = await about("&country=US&locale=nb");
    expect(countries.map(({ label }) => label)).toEqual(["Norge", "USA"]);
    expect(region).toMatchObject({ country: "US", provinceRequired: true });
    expect(region.provinces).toContainEqual({ value: "OR", label: "Oregon", detail: null, current: false });
    // What the shop does not ship to is not written down here.
    expect((await about("&country=AU")).region.country).toBe("NO");
  });

  it("shows their own subscriptions, in the account's language, kept by nobody, readable from any origin", async () => {
    const { status, headers, body } = await ask<PortalHome>(first.customerId, "home?locale=en");
    expect(status).toBe(200);
    expect(headers.get("Access-Control-Allow-Origin")).toBe("*");
    expect(headers.get("Cache-Control")).toBe("no-store");
    const [item] = body.subscriptions;
    expect(item?.title).toBe(first.lines.map(({ title }) => title).join(", "));
    expect(item?.frequencyText).toMatch(/^Every /);
    const norwegian = await ask<PortalHome>(first.customerId, "home?locale=nb-NO");
    expect(norwegian.body.subscriptions[0]?.frequencyText).toMatch(/^Hver/);
  });

  it("shows the effect, does it, gives a receipt, and takes it back", async () => {
    const id = await idOf(first.customerId);
    const before = skippedInShopify(first);
    const { body: page } = await ask<PortalSubscription>(first.customerId, `subscriptions/${id}?locale=en`);
    const cycle = page.upcoming.find(({ canSkip }) => canSkip);
    if (!cycle) throw new Error("there is something to skip");
    const action = { kind: "skip", cycle: cycle.cycleIndex };
    const { body: shown } = await ask<Preview>(first.customerId, `subscriptions/${id}/preview?locale=en`, { action });
    expect(plain(shown.effect[0] ?? "")).toMatch(/will not be sent, and you will not be charged NOK [\d,.]+ for it/);
    expect(skippedInShopify(first)).toEqual(before);

    const { body: receipt } = await ask<Receipt>(first.customerId, `subscriptions/${id}/perform?locale=en`, {
      action,
      seen: shown.seen,
    });
    expect(receipt.title).toBe(`Skipped: ${cycle.dateText}`);
    expect(skippedInShopify(first)).toEqual([...before, cycle.cycleIndex].sort((a, b) => a - b));

    const { body: after } = await ask<PortalSubscription>(first.customerId, `subscriptions/${id}`);
    const undone = await ask<Receipt>(first.customerId, `subscriptions/${id}/perform`, {
      action: receipt.undo?.action,
      seen: after.seen,
    });
    expect(undone.status).toBe(200);
    expect(skippedInShopify(first)).toEqual(before);
  });

  it("is told that a page has become old, and nothing is done", async () => {
    const id = await idOf(first.customerId);
    const { body: page } = await ask<PortalSubscription>(first.customerId, `subscriptions/${id}`);
    const [one, other] = page.upcoming.filter(({ canSkip }) => canSkip);
    const skip = (cycle: number | undefined) => ({ action: { kind: "skip", cycle }, seen: page.seen });
    expect((await ask(first.customerId, `subscriptions/${id}/perform`, skip(one?.cycleIndex))).status).toBe(200);
    const before = skippedInShopify(first);
    const late = await ask<Problem>(first.customerId, `subscriptions/${id}/perform`, skip(other?.cycleIndex));
    expect([late.status, late.body.problem]).toEqual([409, "STALE"]);
    expect(skippedInShopify(first)).toEqual(before);
  });

  it("is answered before it may ask (CORS), without a token", async () => {
    const response = await answerAccount(
      ctx,
      settings(),
      accountRequest(null, "home", undefined, { method: "OPTIONS" }),
    );
    expect(response.status).toBe(204);
    expect(response.headers.get("Access-Control-Allow-Headers")).toContain("Authorization");
  });

  it("is told to wait when it asks without end", async () => {
    const few = settings(2);
    const request = () => accountRequest(sessionToken(domain, first.customerId), "home");
    for (let time = 0; time < 2; time += 1) await answerAccount(ctx, few, request());
    const response = await answerAccount(ctx, few, request());
    expect(response.status).toBe(429);
    expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
  });

  it("is told why nothing is shown when Shopify does not say who the shopper is", async () => {
    const token = sessionToken(domain, first.customerId, { claims: { sub: undefined } });
    const response = await answerAccount(ctx, settings(), accountRequest(token, "home"));
    expect(response.status).toBe(403);
    expect(((await response.json()) as Problem).text[0]).toContain(app.shop.name);
  });
});

describe("nobody gets in", () => {
  const now = Math.floor(systemClock.now().getTime() / 1000);
  it.each([
    ["without a token", null],
    ["with a token of another secret", sessionToken(domain, first.customerId, { secret: "another" })],
    ["with an unsigned token", sessionToken(domain, first.customerId, { alg: "none" })],
    ["with a token made for another app", sessionToken(domain, first.customerId, { claims: { aud: "another" } })],
    ["with a token that has ended", sessionToken(domain, first.customerId, { claims: { exp: now - 60 } })],
    ["with a token that never ends", sessionToken(domain, first.customerId, { claims: { exp: undefined } })],
    ["with a token that has not begun", sessionToken(domain, first.customerId, { claims: { nbf: now + 600 } })],
    ["with another shop's token", sessionToken("nobody.myshopify.com", first.customerId)],
    ["with a shop that is none", sessionToken("evil.example.com", first.customerId)],
    ["as somebody who is no customer", sessionToken(domain, first.customerId, { claims: { sub: "1 OR 1=1" } })],
    ["with nonsense", "a.b.c"],
  ])("%s", async (_how, token) => {
    const response = await answerAccount(ctx, settings(), accountRequest(token, "home"));
    expect(response.status).toBe(401);
    expect(await response.text()).not.toContain(first.customerId);
  });

  it("when the shop has uninstalled the app", async () => {
    await ctx.db.shop.update({ where: { id: app.shop.id }, data: { status: "UNINSTALLED" } });
    expect((await ask(first.customerId, "home")).status).toBe(401);
    await ctx.db.shop.update({ where: { id: app.shop.id }, data: { status: "ACTIVE" } });
  });

  it("to another shopper's subscription", async () => {
    const id = await idOf(stranger.customerId);
    expect((await ask(first.customerId, `subscriptions/${id}`)).status).toBe(404);
  });
});
