import { describe, expect, it } from "vitest";

import { FixedClock, systemClock } from "~/lib/clock";

import { testApp } from "../../../tests/app";
import { browse, proxyRequest, SECRET, signedQuery, testProxy } from "./browsing.fixture";
import type { Page } from "./browsing.fixture";
import { createFormToken } from "./form-token.server";
import { portal } from "./portal.server";

const app = await testApp({ subscribers: 4 });
const { ctx, shopify } = app;
const domain = app.shop.domain;

const active = Object.values(shopify.contracts).filter(({ status }) => status === "ACTIVE");
const [first] = active;
const stranger = active.find(({ customerId }) => customerId !== first?.customerId);
if (!first || !stranger) throw new Error("the demo shop has subscribers");
const shopper = browse(app, first.customerId);

const skipped = (contract: { cycleEdits: Record<string, { skipped?: boolean }> }) =>
  Object.entries(contract.cycleEdits)
    .filter(([, edit]) => edit.skipped)
    .map(([index]) => Number(index));

/** The page of the first subscription. */
const opened = async (who = shopper): Promise<Page> => who.follow(await who.get(), /^Se og endre/);
/** What a skip of the first delivery that can be would do. */
const skipPreview = async (who = shopper): Promise<Page> => who.follow(await opened(who), /^Hopp over/);

describe("a shopper who is signed in", () => {
  it("sees their own subscriptions in the shop's language, inside the theme, kept by nobody", async () => {
    const { status, headers, text } = await shopper.get();
    expect(status).toBe(200);
    expect(headers.get("Content-Type")).toBe("application/liquid");
    expect(headers.get("Cache-Control")).toBe("no-store");
    expect(headers.get("X-Robots-Tag")).toBe("noindex");
    expect(text).toContain("Abonnementene dine");
    for (const line of first.lines) expect(text).toContain(line.title);
    const own = active.filter(({ customerId }) => customerId === first.customerId).length;
    expect(text.match(/Se og endre/g)).toHaveLength(own);
  });

  it("finds on one page what comes, when, for how much, and what may be done about it", async () => {
    const page = await opened();
    expect(page.status).toBe(200);
    for (const line of first.lines) expect(page.text).toContain(line.title);
    expect(page.links.filter(({ text }) => text.startsWith("Hopp over"))).toHaveLength(6);
    expect(page.text).toContain("Kommende leveringer");
    expect(page.forms.map(({ buttonText }) => buttonText)).toContain("Avslutt abonnementet");
  });

  it("keeps the language of the page they came from, through every click", async () => {
    const english = { query: { locale: "en" } };
    const home = await shopper.get("", english);
    expect(home.text).toContain("Your subscriptions");
    expect(home.html).toMatch(/href="\/apps\/perennial\/s\/[0-9a-f-]+\?locale=en"/);
    expect((await browse(app, "").get("", english)).html).toContain(
      "return_url=&#37;2Fapps&#37;2Fperennial&#37;3Flocale&#37;3Den",
    );
  });

  it("skips a delivery after having seen the effect, gets a receipt, and takes it back", async () => {
    const before = skipped(first);
    const seen = await skipPreview();
    expect(seen.status).toBe(200);
    expect(seen.text).toMatch(/\d{4}/);
    expect(skipped(first)).toEqual(before);

    const receipt = await shopper.press(seen, /^Hopp over/);
    expect(receipt.status).toBe(200);
    expect(receipt.html).toContain(`role="status"`);
    expect(skipped(first)).toHaveLength(before.length + 1);
    const line = await ctx.db.historyEvent.findFirst({
      where: { type: "cycle.skipped" },
      orderBy: { at: "desc" },
    });
    expect(line?.actor).toBe("shopper");

    const undone = await shopper.send(receipt.forms.at(-1) ?? { path: "", fields: {}, buttonText: "" });
    expect(undone.status).toBe(200);
    expect(skipped(first)).toEqual(before);
  });

  it("is told when Shopify can't be reached, and nothing has changed", async () => {
    const before = skipped(first);
    const seen = await skipPreview();
    app.intercept.fetch = () => () => Promise.reject(new Error("no connection"));
    const { status, html } = await shopper.press(seen, /^Hopp over/);
    app.intercept.fetch = (next) => next;
    expect(status).toBe(409);
    expect(html).toContain(`role="alert"`);
    expect(skipped(first)).toEqual(before);
  });

  it("is shown what is wrong beside the field, with what was typed kept", async () => {
    const page = await opened();
    const form = await shopper.follow(page, /^Sett på pause/);
    const wrong = await shopper.press(form, "Fortsett", { length: "until", until: "soon" });
    expect(wrong.status).toBe(422);
    expect(wrong.html).toMatch(/id="perennial-until-error">Velg en dag/);
    expect(wrong.html).toMatch(/aria-describedby="perennial-until-error" aria-invalid="true"/);
    expect(wrong.html).toContain(`value="soon"`);
  });
});

describe("nobody but the shopper, by a form of these pages,", () => {
  it("sees anything without signing in", async () => {
    const { status, text } = await browse(app, "").get();
    expect(status).toBe(200);
    expect(text).toContain("Logg inn");
    for (const line of first.lines) expect(text).not.toContain(line.title);
  });

  it("changes anything without signing in", async () => {
    const before = skipped(first);
    const answer = await browse(app, "").press(await skipPreview(), /^Hopp over/);
    expect(answer.text).toContain("Logg inn");
    expect(skipped(first)).toEqual(before);
  });

  it("sees or changes another shopper's subscription, even with that shopper's own form", async () => {
    const other = browse(app, stranger.customerId);
    const theirs = await opened(other);
    const path = /\/s\/[0-9a-f-]+/.exec(theirs.html)?.[0] ?? "";
    expect((await shopper.get(path)).status).toBe(404);
    for (const { path: each } of theirs.links.filter((link) => link.path.startsWith("/s/"))) {
      expect((await shopper.get(each)).status).toBe(404);
    }
    const before = skipped(stranger);
    const seen = await skipPreview(other);
    const form = seen.forms.find(({ fields }) => fields.step === "perform");
    if (!form) throw new Error("there is something to skip");
    expect((await shopper.send(form)).status).toBe(404);
    const token = createFormToken(SECRET, systemClock, {
      shopId: app.shop.id,
      customerId: `gid://shopify/Customer/${first.customerId}`,
      contractId: path.slice(3),
      action: `perform ${form.fields.order ?? ""}`,
    });
    expect((await shopper.send(form, { token })).status).toBe(404);
    expect(skipped(stranger)).toEqual(before);
  });

  it("changes anything with a token that is missing, made for something else, or old", async () => {
    const before = skipped(first);
    const seen = await skipPreview();
    const form = seen.forms.find(({ fields }) => fields.step === "perform");
    if (!form) throw new Error("there is something to skip");
    const order = form.fields.order ?? "";
    expect((await shopper.send(form, { token: "" })).status).toBe(403);
    const another = order.replace(/"cycle":(\d+)/, (_, cycle: string) => `"cycle":${Number(cycle) + 1}`);
    expect(another).not.toBe(order);
    expect((await shopper.send(form, { order: another })).status).toBe(403);
    const old = createFormToken(SECRET, new FixedClock(new Date(systemClock.now().getTime() - 3 * 3_600_000)), {
      shopId: app.shop.id,
      customerId: `gid://shopify/Customer/${first.customerId}`,
      contractId: /\/s\/([0-9a-f-]+)/.exec(form.path)?.[1] ?? "",
      action: `perform ${order}`,
    });
    const late = await shopper.send(form, { token: old });
    expect(late.status).toBe(403);
    expect(late.text).toContain("Siden har vært åpen lenge");
    expect(skipped(first)).toEqual(before);
    // What it would do is shown once more, and one click does it.
    expect(late.forms.some(({ fields }) => fields.step === "perform")).toBe(true);
  });

  it("changes anything by an address alone: GET never does", async () => {
    const before = skipped(first);
    const seen = await skipPreview();
    const form = seen.forms.find(({ fields }) => fields.step === "perform");
    await shopper.get(form?.path ?? "");
    expect(skipped(first)).toEqual(before);
  });

  it("changes anything twice with one signature, whatever the body", async () => {
    const before = skipped(first);
    const cycles = (await opened()).links.filter(({ text }) => text.startsWith("Hopp over"));
    const [earlier, later] = await Promise.all(cycles.slice(0, 2).map(({ path }) => shopper.get(path)));
    const forms = [earlier, later].map((page) => page?.forms.find(({ fields }) => fields.step === "perform"));
    if (!forms[0] || !forms[1]) throw new Error("there is something to skip");
    const one = { query: { timestamp: String(Math.floor(systemClock.now().getTime() / 1000) - 5) } };
    const done = await shopper.send(forms[0], {}, one);
    expect(done.status).toBe(200);
    const replayed = await shopper.send(forms[0], {}, one);
    const abused = await shopper.send(forms[1], {}, one);
    for (const page of [replayed, abused]) {
      expect(page.status).toBe(409);
      expect(page.text).toContain("Bare det første ble utført");
    }
    expect(skipped(first)).toHaveLength(before.length + 1);
    await shopper.send(done.forms.at(-1) ?? forms[0]);
    expect(skipped(first)).toEqual(before);
  });

  it.each<Record<string, string>>([
    { Origin: "https://evil.example.com" },
    { Origin: "null" },
    { "Sec-Fetch-Site": "cross-site", Origin: "https://kaffebonna.myshopify.com" },
  ])("changes anything from another site's page: %j", async (headers) => {
    const before = skipped(first);
    const form = (await skipPreview()).forms.find(({ fields }) => fields.step === "perform");
    if (!form) throw new Error("there is something to skip");
    expect((await shopper.send(form, {}, { headers })).status).toBe(403);
    expect(skipped(first)).toEqual(before);
  });

  it("sees more than that a request was refused, when it is not Shopify's", async () => {
    const forged = proxyRequest(domain, first.customerId, "");
    const response = await portal(ctx, testProxy(), new Request(forged.url.replace("signature=", "signature=0")));
    expect([response.status, await response.text()]).toEqual([400, ""]);
    expect((await shopper.get("", { query: { shop: "nobody.myshopify.com" } })).status).toBe(404);
  });
});

describe("the address of a request", () => {
  it("may be any of the shop's own", async () => {
    const pages: Record<string, string>[] = [
      { Origin: `https://${domain}` },
      { Origin: "https://second-domain.example.com", "Sec-Fetch-Site": "same-origin" },
      { Origin: "https://second-domain.example.com", "X-Forwarded-Host": "second-domain.example.com" },
    ];
    for (const headers of pages) {
      const form = await shopper.follow(await opened(), /^Sett på pause/);
      const ask = form.forms.find(({ fields }) => fields.step === "preview");
      if (!ask) throw new Error("there is a form");
      expect((await shopper.send(ask, { length: "open" }, { headers })).status).toBe(200);
    }
  });

  it("with something added leads to the portal, and shows nothing of anybody", async () => {
    const page = await shopper.get("", { query: { utm_source: "mail" } });
    expect(page.status).toBe(400);
    expect(page.html).toContain(`href="/apps/perennial"`);
    for (const line of first.lines) expect(page.text).not.toContain(line.title);
  });

  it("with a doubled or newly cut parameter is refused, though its signature is genuine", async () => {
    const query = signedQuery(domain, "999,5");
    const forged = new URLSearchParams(query);
    forged.delete("logged_in_customer_id");
    forged.append("logged_in_customer_id", "999");
    forged.append("logged_in_customer_id", "5");
    const doubled = await portal(ctx, testProxy(), new Request(`https://x.example.com/proxy?${forged.toString()}`));
    expect(doubled.status).toBe(400);
    const anonymous = signedQuery(domain, "", { query: { k: `1logged_in_customer_id=${first.customerId}` } });
    const recut = new URLSearchParams(anonymous);
    recut.set("k", "1");
    recut.set("logged_in_customer_id", `${first.customerId}logged_in_customer_id=`);
    const cut = await portal(ctx, testProxy(), new Request(`https://x.example.com/proxy?${recut.toString()}`));
    expect(cut.status).toBe(400);
    expect(await cut.text()).not.toContain(first.lines[0]?.title);
  });

  it("is never said again: no signature, time stamp or customer number stands in a page", async () => {
    for (const path of ["", "/nothing", (await opened()).forms[0]?.path ?? ""]) {
      const query = signedQuery(domain, first.customerId);
      const url = `https://perennial.example.com/proxy${path}?${query.toString()}`;
      const html = await (await portal(ctx, testProxy(), new Request(url))).text();
      expect(html).not.toContain(query.get("signature"));
      expect(html).not.toContain("timestamp");
      expect(html).not.toContain("logged_in_customer_id");
    }
  });

  it("below the portal that does not exist is a page of the shop that says so", async () => {
    const page = await shopper.get("/nothing");
    expect(page.status).toBe(404);
    expect(page.text).toContain("Siden finnes ikke");
  });
});

it("a shopper's script that asks without end is told to wait, and nobody else is", async () => {
  const few = testProxy(2);
  const hasty = browse(app, first.customerId, few);
  await hasty.get();
  await hasty.get();
  const { status, headers } = await hasty.get();
  expect(status).toBe(429);
  expect(Number(headers.get("Retry-After"))).toBeGreaterThan(0);
  expect((await browse(app, stranger.customerId, few).get()).status).toBe(200);
});

it("whoever has not signed in is counted by their address", async () => {
  const few = browse(app, "", testProxy(2));
  const from = (address: string) => ({ headers: { "X-Forwarded-For": address } });
  await few.get("", from("192.0.2.1"));
  await few.get("", from("192.0.2.1"));
  expect((await few.get("", from("192.0.2.1"))).status).toBe(429);
  expect((await few.get("", from("192.0.2.2"))).status).toBe(200);
});

it("a body that is too long is not read to its end", async () => {
  const long = await shopper.send(
    { path: "/sign-in", fields: {}, buttonText: "" },
    { step: "mail", email: "x".repeat(40_000) },
  );
  expect(long.status).toBe(413);
  expect(long.headers.get("Connection")).toBe("close");
});

it("an uninstalled shop has no portal", async () => {
  await ctx.db.shop.update({ where: { id: app.shop.id }, data: { status: "UNINSTALLED" } });
  expect((await shopper.get()).status).toBe(404);
  await ctx.db.shop.update({ where: { id: app.shop.id }, data: { status: "ACTIVE" } });
});
