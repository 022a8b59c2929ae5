import { createHash } from "node:crypto";

import { describe, expect, it } from "vitest";

import { systemClock } from "~/lib/clock";
import { LINK_HOURS } from "~/notifications/links";
import { lookAtLink, magicLink, useLink } from "~/notifications/magic-link.server";

import { testApp } from "../../../tests/app";
import { savePortalSettings } from "../settings.server";
import { browse, SECRET, testProxy } from "./browsing.fixture";
import type { Page } from "./browsing.fixture";
import { createSession } from "./session.server";

const app = await testApp({ subscribers: 4 });
const { ctx, shop, shopify } = app;

const active = Object.values(shopify.contracts).filter(({ status }) => status === "ACTIVE");
const [mine] = active;
const other = active.find(({ customerId }) => customerId !== mine?.customerId);
if (!mine || !other) throw new Error("the demo shop has subscribers");
const customerId = `gid://shopify/Customer/${mine.customerId}`;
const email = shopify.customers[mine.customerId]?.email ?? "";

const stranger = browse(app, "");
const tokenIn = (url: string): string => /\/link\/([^?]+)/.exec(url)?.[1] ?? "";
const makeLink = async (purpose: "portal" | "payment" = "portal", clock = systemClock) =>
  tokenIn(await magicLink(ctx, shop, customerId, { purpose, locale: "nb" }, clock));
const open = async (token: string): Promise<Page> =>
  stranger.press(await stranger.get(`/link/${token}`), "Åpne abonnementene mine");
const askFor = async (typed: string): Promise<Page> =>
  stranger.press(await stranger.get(), "Send meg en lenke", { email: typed });
const mailed = async () => {
  await app.work();
  return app.mails.splice(0);
};

describe("a link from an e-mail", () => {
  it("shows a button and is not used up by being looked at, as mail programs do", async () => {
    const token = await makeLink();
    for (let time = 0; time < 3; time += 1) {
      const page = await stranger.get(`/link/${token}`);
      expect(page.status).toBe(200);
      expect(page.headers.get("Referrer-Policy")).toBe("no-referrer");
      for (const line of mine.lines) expect(page.text).not.toContain(line.title);
    }
    expect((await lookAtLink(ctx, shop, token)).state).toBe("GOOD");
  });

  it("opens the portal once, also when it is pressed many times at once", async () => {
    const token = await makeLink();
    const page = await stranger.get(`/link/${token}`);
    const all = await Promise.all(Array.from({ length: 5 }, () => stranger.press(page, "Åpne abonnementene mine")));
    expect(all.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(all.find(({ status }) => status === 200)?.text).toContain(mine.lines[0]?.title);
    const after = await stranger.get(`/link/${token}`);
    expect(after.status).toBe(410);
    expect(after.text).toContain("Lenken er brukt, eller for gammel");
  });

  it("is kept as a hash alone, and ends after a day", async () => {
    const token = await makeLink();
    const hash = createHash("sha256").update(token).digest("hex");
    const row = await ctx.db.magicLink.findUniqueOrThrow({ where: { hash } });
    expect(JSON.stringify(row)).not.toContain(token);
    const late = { now: () => new Date(systemClock.now().getTime() + (LINK_HOURS * 3600 + 1) * 1000) };
    expect((await lookAtLink(ctx, shop, token, late)).state).toBe("ENDED");
    expect((await useLink(ctx, shop, token, late)).state).toBe("ENDED");
  });

  it("is not known in another shop, and nonsense is not known at all", async () => {
    const token = await makeLink();
    expect((await useLink(ctx, { id: "0198e0a0-0000-7000-8000-000000000001" }, token)).state).toBe("UNKNOWN");
    expect((await stranger.get(`/link/${"a".repeat(43)}`)).status).toBe(404);
    expect((await lookAtLink(ctx, shop, token)).state).toBe("GOOD");
  });

  it("that has ended is exchanged for a fresh one, sent to the same person and to nobody else", async () => {
    const token = await makeLink();
    await open(token);
    await ctx.db.magicLink.deleteMany({ where: { NOT: { hash: createHash("sha256").update(token).digest("hex") } } });
    await mailed();
    const sent = await stranger.press(await stranger.get(`/link/${token}`), "Send meg en ny lenke");
    expect(sent.status).toBe(200);
    expect(sent.html).not.toContain(email);
    const mails = await mailed();
    expect(mails.map(({ to }) => to)).toEqual([email]);
    expect((await open(tokenIn(mails[0]?.text ?? ""))).text).toContain(mine.lines[0]?.title);
  });
});

describe("whoever came by a link", () => {
  it("does everything by forms, whose bodies alone carry what stands for signing in", async () => {
    const home = await open(await makeLink());
    const page = await stranger.follow(home, /^Se og endre/);
    expect(page.status, page.text).toBe(200);
    const preview = await stranger.follow(page, /^Hopp over/);
    const receipt = await stranger.press(preview, /^Hopp over/);
    expect(receipt.html).toContain(`role="status"`);
    for (const { html } of [home, page, preview, receipt]) {
      const session = /name="session" value="([^"]+)"/.exec(html)?.[1] ?? "";
      expect(session.length).toBeGreaterThan(40);
      expect(html).not.toMatch(new RegExp(`(?:href|action)="[^"]*${session.slice(-20)}`));
    }
    const undone = await stranger.send(receipt.forms.at(-1) ?? { path: "", fields: {}, buttonText: "" });
    expect(undone.status).toBe(200);
  });

  it("is a stranger again after a quarter of an hour", async () => {
    const session = { shopId: shop.id, customerId, purpose: "portal" } as const;
    const old = { now: () => new Date(systemClock.now().getTime() - 16 * 60_000) };
    const form = { path: "", fields: { session: createSession(SECRET, old, session) }, buttonText: "" };
    const page = await stranger.send(form);
    expect(page.status).toBe(403);
    expect(page.text).toContain("Siden er stengt");
    expect(page.text).not.toContain(mine.lines[0]?.title);
    const fresh = { path: "", fields: { session: createSession(SECRET, systemClock, session) }, buttonText: "" };
    expect((await stranger.send(fresh)).text).toContain(mine.lines[0]?.title);
    // In an address it is nothing: the query is Shopify's.
    const { session: token } = fresh.fields;
    expect((await stranger.get("", { query: { session: token } })).status).toBe(400);
  });

  it("sees and changes what is theirs alone", async () => {
    const home = await open(await makeLink());
    const session = home.forms[0]?.fields.session ?? "";
    const row = await ctx.db.subscriptionContract.findFirstOrThrow({
      where: { shopId: shop.id, shopifyId: `gid://shopify/SubscriptionContract/${other.id}` },
    });
    for (const path of [`/s/${row.id}`, `/s/${row.id}/pause`, `/s/${row.id}/leave`, `/s/${row.id}/skip/2`]) {
      expect((await stranger.send({ path, fields: { session }, buttonText: "" })).status).toBe(404);
    }
  });

  it("for putting a payment right does that and looks, and signs in for everything else", async () => {
    const home = await open(await makeLink("payment"));
    expect(home.text).toContain("Denne lenken er for å ordne en betaling");
    const page = await stranger.follow(home, /^Se og endre/);
    const kinds = page.forms.map(({ path }) => path.split("/")[3]).filter((kind) => kind !== undefined);
    expect(new Set(kinds)).toEqual(new Set(["payment-method"]));
    const session = page.forms[0]?.fields.session ?? "";
    const path = /\/s\/[0-9a-f-]+/.exec(page.html)?.[0] ?? "";
    for (const more of ["/pause", "/leave", "/address"]) {
      expect((await stranger.send({ path: `${path}${more}`, fields: { session }, buttonText: "" })).status).toBe(403);
    }
  });
});

describe("asking for a link", () => {
  it("says the same whether the address is known or not, and writes to the known one alone", async () => {
    await ctx.db.magicLink.deleteMany();
    await mailed();
    const known = await askFor(email.toUpperCase());
    const first = await mailed();
    const unknown = await askFor("nobody@example.com");
    expect(await mailed()).toEqual([]);
    const body = ({ html }: Page, typed: string) => html.replaceAll(typed, "…");
    expect(known.status).toBe(unknown.status);
    expect(body(known, email.toUpperCase())).toBe(body(unknown, "nobody@example.com"));
    expect(first.map(({ to, locale }) => [to, locale])).toEqual([[email, "nb"]]);
    expect(first[0]?.subject).toContain(shop.name);
    expect((await open(tokenIn(first[0]?.text ?? ""))).text).toContain(mine.lines[0]?.title);
  });

  it("fills no mailbox: three within the hour, however often it is asked for", async () => {
    await ctx.db.magicLink.deleteMany();
    await mailed();
    for (let time = 0; time < 6; time += 1) {
      await askFor(email);
      await app.work();
    }
    expect(await mailed()).toHaveLength(3);
  });

  it("is counted by address: the eleventh time within ten minutes it waits", async () => {
    const few = browse(app, "", { ...testProxy(), doors: testProxy(2).doors });
    const page = await few.get();
    const ask = () => few.press(page, "Send meg en lenke", { email: "nobody@example.com" });
    expect([(await ask()).status, (await ask()).status, (await ask()).status]).toEqual([200, 200, 429]);
  });

  it("is done from our own form, and with an address that can be one", async () => {
    const form = { path: "/sign-in", fields: { step: "mail", email }, buttonText: "" };
    expect((await stranger.send(form)).status).toBe(403);
    const wrong = await askFor("kari");
    expect(wrong.status).toBe(422);
    expect(wrong.html).toMatch(/perennial-email-error">Dette ser ikke riktig ut/);
    expect(await mailed()).toEqual([]);
  });
});

describe("the pages that the law wants open to everybody", () => {
  it.each(["/withdraw", "/cancel-contract"])("%s: nobody signs in, and it shows nothing of anybody", async (path) => {
    expect((await stranger.get(path)).status).toBe(404);
    await savePortalSettings(ctx, shop, { withdrawalCountries: ["NO"], cancelPageCountries: ["DE"] });
    for (const who of [stranger, browse(app, mine.customerId)]) {
      const page = await who.get(path);
      expect(page.status, page.text).toBe(200);
      expect(page.headers.get("Content-Type")).toBe("application/liquid");
      expect(page.headers.get("Cache-Control")).toBe("no-store");
      expect(page.forms.length).toBeGreaterThan(0);
      expect(page.html).not.toContain(email);
    }
    await savePortalSettings(ctx, shop, { withdrawalCountries: [], cancelPageCountries: [] });
  });

  it("take no form from another site", async () => {
    const form = { path: "/withdraw", fields: {}, buttonText: "" };
    const abroad = await stranger.send(form, {}, { headers: { Origin: "https://evil.example.com" } });
    expect(abroad.status).toBe(403);
  });
});
