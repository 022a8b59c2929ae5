import { createHmac } from "node:crypto";

import { describe, expect, it } from "vitest";

import { FixedClock, systemClock } from "~/lib/clock";
import { createSignatures } from "~/shopify/signatures.server";

import { testApp } from "../../../tests/app";
import { createFormToken } from "./form-token.server";
import { portal } from "./portal.server";
import type { PortalSettings } from "./portal.server";
import { createRateLimit } from "./rate-limit";

const apiSecret = "a-secret-of-this-test";
const secret = Buffer.alloc(32, 1).toString("base64");

const app = await testApp({ subscribers: 4 });
const { ctx, shopify } = app;
const domain = app.shop.domain;

const settings = (limit = 1000): PortalSettings => ({
  signatures: createSignatures({ apiKey: "key", apiSecretKey: apiSecret, appUrl: "https://perennial.example.com" }),
  secret,
  realClock: systemClock,
  reads: createRateLimit(limit, systemClock),
  writes: createRateLimit(limit, systemClock),
});

const active = Object.values(shopify.contracts).filter(({ status }) => status === "ACTIVE");
const [first] = active;
const stranger = active.find(({ customerId }) => customerId !== first?.customerId);
if (!first || !stranger) throw new Error("the demo shop has subscribers");

/** A request as Shopify's app proxy makes it. */
function asked(
  customer: string,
  {
    form,
    headers,
    query,
    path = "",
  }: {
    form?: Record<string, string>;
    headers?: Record<string, string>;
    query?: Record<string, string>;
    path?: string;
  } = {},
): Request {
  const pairs: Record<string, string> = {
    logged_in_customer_id: customer,
    path_prefix: "/apps/perennial",
    shop: domain,
    timestamp: String(Math.floor(systemClock.now().getTime() / 1000)),
    ...query,
  };
  const message = Object.keys(pairs)
    .sort((one, other) => one.localeCompare(other))
    .map((key) => `${key}=${pairs[key] ?? ""}`)
    .join("");
  const signature = createHmac("sha256", apiSecret).update(message).digest("hex");
  const url = `https://perennial.example.com/proxy${path}?${new URLSearchParams({ ...pairs, signature }).toString()}`;
  return new Request(url, {
    method: form ? "POST" : "GET",
    headers: headers ?? {},
    ...(form ? { body: new URLSearchParams(form) } : {}),
  });
}

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ").replaceAll(/\s+/g, " ");

async function get(customer: string, options: Parameters<typeof asked>[1] = {}) {
  const response = await portal(ctx, settings(), asked(customer, options));
  return { status: response.status, headers: response.headers, page: await response.text() };
}

/** The fields of the page's forms for an action, in the order of the page. */
const formsIn = (page: string, action: "skip" | "unskip"): Record<string, string>[] =>
  [...page.matchAll(/<form[\s\S]*?<\/form>/g)]
    .map(([form]) =>
      Object.fromEntries(
        [...form.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name, value]) => [name ?? "", value ?? ""]),
      ),
    )
    .filter((fields) => fields.action === action);

const skippedInShopify = (contract: { cycleEdits: Record<string, { skipped?: boolean }> }) =>
  Object.entries(contract.cycleEdits)
    .filter(([, edit]) => edit.skipped)
    .map(([index]) => Number(index));

describe("a shopper who is signed in", () => {
  it("sees their own subscriptions in the shop's language, inside the theme, kept by nobody", async () => {
    const { status, headers, page } = await get(first.customerId);
    expect(status).toBe(200);
    expect(headers.get("Content-Type")).toBe("application/liquid");
    expect(headers.get("Cache-Control")).toBe("no-store");
    expect(headers.get("X-Robots-Tag")).toBe("noindex");
    expect(page).toContain("Abonnementene dine");
    for (const line of first.lines) expect(page).toContain(line.title);
    const own = active.filter(({ customerId }) => customerId === first.customerId).length;
    expect(formsIn(page, "skip").length + formsIn(page, "unskip").length).toBe(own * 6);
  });

  it("keeps the language of the page they came from, through every click", async () => {
    const { page } = await get(first.customerId, { query: { locale: "en" } });
    expect(page).toContain("Your subscriptions");
    expect(page).toContain(`action="/apps/perennial?locale=en"`);
    expect((await get("", { query: { locale: "en" } })).page).toContain(
      "return_url=&#37;2Fapps&#37;2Fperennial&#37;3Flocale&#37;3Den",
    );
  });

  it("skips a delivery, gets a receipt, and takes it back", async () => {
    const before = skippedInShopify(first);
    const [form] = formsIn((await get(first.customerId)).page, "skip");
    if (!form) throw new Error("there is something to skip");

    const receipt = await get(first.customerId, { form });
    expect(receipt.status).toBe(200);
    expect(plain(receipt.page)).toMatch(
      /Hoppet over: Leveringen .+ blir ikke sendt, og du blir ikke trukket for [\d,]+ kr/,
    );
    expect(skippedInShopify(first)).toEqual([...before, Number(form.cycle)].sort((a, b) => a - b));
    const [line] = await ctx.db.historyEvent.findMany({
      where: { type: "cycle.skipped", contractId: form.contract ?? "" },
      orderBy: { at: "desc" },
    });
    expect(line?.actor).toBe("shopper");

    // A second click, or the page loaded again, says the same and does nothing more.
    expect(plain((await get(first.customerId, { form })).page)).toContain("Hoppet over: Leveringen");
    const undo = formsIn(receipt.page, "unskip").find(({ cycle }) => cycle === form.cycle);
    if (!undo) throw new Error("the receipt has a way back");
    expect(plain((await get(first.customerId, { form: undo })).page)).toContain("blir sendt likevel");
    expect(skippedInShopify(first)).toEqual(before);
  });

  it("is told when Shopify can't be reached, and nothing has changed", async () => {
    const before = skippedInShopify(first);
    const [form] = formsIn((await get(first.customerId)).page, "skip");
    app.intercept.fetch = () => () => Promise.reject(new Error("no connection"));
    const { status, page } = await get(first.customerId, { form: form ?? {} });
    app.intercept.fetch = (next) => next;
    expect(status).toBe(409);
    expect(page).toContain("Ingenting er endret");
    expect(skippedInShopify(first)).toEqual(before);
  });
});

describe("nobody", () => {
  it("reads or changes a subscription without being signed in", async () => {
    const { status, page } = await get("");
    expect(status).toBe(200);
    expect(page).toContain("/account/login?return_url=");
    expect(page).not.toContain('perennial-card"');
    const [form] = formsIn((await get(first.customerId)).page, "skip");
    const before = skippedInShopify(first);
    expect((await get("", { form: form ?? {} })).page).toContain("/account/login");
    expect(skippedInShopify(first)).toEqual(before);
  });

  it("changes another shopper's subscription, even with that shopper's own form", async () => {
    const [form] = formsIn((await get(stranger.customerId)).page, "skip");
    if (!form) throw new Error("there is something to skip");
    const before = skippedInShopify(stranger);
    expect((await get(first.customerId, { form })).status).toBe(404);
    const token = createFormToken(secret, systemClock, {
      shopId: app.shop.id,
      customerId: `gid://shopify/Customer/${first.customerId}`,
      action: "skip",
      contractId: form.contract ?? "",
      cycleIndex: Number(form.cycle),
    });
    expect((await get(first.customerId, { form: { ...form, token } })).status).toBe(404);
    expect(skippedInShopify(stranger)).toEqual(before);
  });

  it("changes anything with a token that is missing, made for another cycle, or old", async () => {
    const before = skippedInShopify(first);
    const [form, next] = formsIn((await get(first.customerId)).page, "skip");
    if (!form || !next) throw new Error("there is something to skip");
    const { token, ...bare } = form;
    expect((await get(first.customerId, { form: bare })).status).toBe(400);
    expect((await get(first.customerId, { form: { ...form, cycle: next.cycle ?? "" } })).status).toBe(403);
    const old = createFormToken(secret, new FixedClock(new Date(systemClock.now().getTime() - 3 * 3_600_000)), {
      shopId: app.shop.id,
      customerId: `gid://shopify/Customer/${first.customerId}`,
      action: "skip",
      contractId: form.contract ?? "",
      cycleIndex: Number(form.cycle),
    });
    expect(token).not.toBe(old);
    const { status, page } = await get(first.customerId, { form: { ...form, token: old } });
    expect(status).toBe(403);
    expect(page).toContain("Siden har vært åpen lenge");
    expect(skippedInShopify(first)).toEqual(before);
  });

  it.each<Record<string, string>>([
    { Origin: "https://evil.example.com" },
    { Origin: "null" },
    { "Sec-Fetch-Site": "cross-site", Origin: "https://kaffebonna.myshopify.com" },
  ])("changes anything from another site's page: %j", async (headers) => {
    const [form] = formsIn((await get(first.customerId)).page, "skip");
    const before = skippedInShopify(first);
    expect((await get(first.customerId, { form: form ?? {}, headers })).status).toBe(403);
    expect(skippedInShopify(first)).toEqual(before);
  });

  it("sees more than that a request was refused, when it is not Shopify's", async () => {
    const forged = asked(first.customerId);
    const response = await portal(ctx, settings(), new Request(forged.url.replace("signature=", "signature=0")));
    expect([response.status, await response.text()]).toEqual([400, ""]);
    expect((await get(first.customerId, { query: { shop: "nobody.myshopify.com" } })).status).toBe(404);
  });
});

it("the shop's own pages may lie at any of its addresses", async () => {
  const pages: Record<string, string>[] = [
    { Origin: `https://${domain}` },
    { Origin: "https://second-domain.example.com", "Sec-Fetch-Site": "same-origin" },
    { Origin: "https://second-domain.example.com", "X-Forwarded-Host": "second-domain.example.com" },
  ];
  for (const headers of pages) {
    const [form] = formsIn((await get(first.customerId)).page, "skip");
    const { status, page } = await get(first.customerId, { form: form ?? {}, headers });
    expect(status).toBe(200);
    const undo = formsIn(page, "unskip").find(({ cycle }) => cycle === form?.cycle);
    expect((await get(first.customerId, { form: undo ?? {} })).status).toBe(200);
  }
});

it("a link with something added leads to the portal, and shows nothing of anybody", async () => {
  const { status, page } = await get(first.customerId, { query: { utm_source: "mail" } });
  expect(status).toBe(400);
  expect(page).toContain(`href="/apps/perennial"`);
  for (const line of first.lines) expect(page).not.toContain(line.title);
});

it("an address below the portal that does not exist is a page of the shop that says so", async () => {
  const response = await portal(ctx, settings(), asked(first.customerId, { path: "/nothing" }), false);
  expect(response.status).toBe(404);
  expect(await response.text()).toContain("Siden finnes ikke");
});

it("a shopper's script that asks without end is told to wait", async () => {
  const few = settings(2);
  for (let time = 0; time < 2; time += 1) await portal(ctx, few, asked(first.customerId));
  const response = await portal(ctx, few, asked(first.customerId));
  expect(response.status).toBe(429);
  expect(Number(response.headers.get("Retry-After"))).toBeGreaterThan(0);
  expect((await portal(ctx, few, asked(stranger.customerId))).status).toBe(200);
});

it("an uninstalled shop has no portal", async () => {
  await ctx.db.shop.update({ where: { id: app.shop.id }, data: { status: "UNINSTALLED" } });
  expect((await get(first.customerId)).status).toBe(404);
  await ctx.db.shop.update({ where: { id: app.shop.id }, data: { status: "ACTIVE" } });
});
