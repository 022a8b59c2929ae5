import { createHmac } from "node:crypto";

import { systemClock } from "~/lib/clock";
import { createSignatures } from "~/shopify/signatures.server";

import type { TestApp } from "../../../tests/app";
import { portal } from "./portal.server";
import { createRateLimit } from "./rate-limit";
import type { PortalProxy } from "./settings.server";

/** The portal as a browser without scripts meets it, through requests signed as Shopify's app proxy signs them. */

export const API_SECRET = "a-secret-of-this-test";
export const SECRET = Buffer.alloc(32, 1).toString("base64");

const signatures = createSignatures({
  apiKey: "key",
  apiSecretKey: API_SECRET,
  appUrl: "https://perennial.example.com",
});

export const testProxy = (limit = 100_000): PortalProxy => ({
  signatures,
  secret: SECRET,
  realClock: systemClock,
  reads: createRateLimit(limit, systemClock),
  writes: createRateLimit(limit, systemClock),
  doors: createRateLimit(limit, systemClock),
});

export interface AskOptions {
  /** Posted; GET without. */
  form?: Record<string, string>;
  headers?: Record<string, string>;
  /** Beside or instead of what Shopify sends; with a `timestamp` of its own the signature is the same every time. */
  query?: Record<string, string>;
}

/** Makes every signature one of its own, by zeros before the time: a test's clicks all come within one second. */
let asked = 0;
/** Of a time, in digits: far more zeros than requests within a second. */
const LONGEST_TIME = 500;

/** The signed query of a request. @param customer its number, or "" when nobody is signed in */
export function signedQuery(shop: string, customer: string, { query = {} }: AskOptions = {}): URLSearchParams {
  asked += 1;
  const seconds = Math.floor(systemClock.now().getTime() / 1000);
  const pairs: Record<string, string> = {
    logged_in_customer_id: customer,
    path_prefix: "/apps/perennial",
    shop,
    timestamp: String(seconds).padStart(10 + (asked % LONGEST_TIME), "0"),
    ...query,
  };
  const message = Object.keys(pairs)
    .sort((one, other) => one.localeCompare(other))
    .map((key) => `${key}=${pairs[key] ?? ""}`)
    .join("");
  const signature = createHmac("sha256", API_SECRET).update(message).digest("hex");
  return new URLSearchParams({ ...pairs, signature });
}

/** @param path below the portal's address */
export function proxyRequest(shop: string, customer: string, path: string, options: AskOptions = {}): Request {
  const { form, headers = {} } = options;
  const query = signedQuery(shop, customer, options);
  return new Request(`https://perennial.example.com/proxy${path}?${query.toString()}`, {
    method: form ? "POST" : "GET",
    headers,
    ...(form ? { body: new URLSearchParams(form) } : {}),
  });
}

/** A form of a page, with what it would send as it stands. */
export interface PageForm {
  /** Below the portal's address. */
  path: string;
  fields: Record<string, string>;
  buttonText: string;
}

export interface Page {
  status: number;
  headers: Headers;
  html: string;
  /** As a reader sees it: no tags, ordinary spaces. */
  text: string;
  forms: PageForm[];
  /** Below the portal's address, by what they say. */
  links: { path: string; text: string }[];
}

const decode = (text: string): string =>
  text
    .replaceAll(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&");

const readable = (html: string): string =>
  decode(html.replaceAll(/<style>[\s\S]*?<\/style>/g, "").replaceAll(/<[^>]+>/g, " "))
    .replaceAll(/[\s\u00a0\u202f]+/g, " ")
    .trim();

const attribute = (tag: string, name: string): string | null => {
  const found = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return found === undefined ? null : decode(found);
};

const belowPortal = (address: string): string => address.replace("/apps/perennial", "").replace(/\?.*$/, "");

function formOf(html: string): PageForm {
  const fields: Record<string, string> = {};
  for (const [tag] of html.matchAll(/<input[^>]*>/g)) {
    const name = attribute(tag, "name");
    const type = attribute(tag, "type");
    if (name === null || ((type === "radio" || type === "checkbox") && !/\schecked/.test(tag))) continue;
    fields[name] = attribute(tag, "value") ?? "";
  }
  for (const [select] of html.matchAll(/<select[\s\S]*?<\/select>/g)) {
    const chosen = /<option value="([^"]*)"\s+selected/.exec(select) ?? /<option value="([^"]*)"/.exec(select);
    fields[attribute(select, "name") ?? ""] = decode(chosen?.[1] ?? "");
  }
  for (const [, name] of html.matchAll(/<textarea[^>]*name="([^"]*)"/g)) fields[name ?? ""] = "";
  return {
    path: belowPortal(attribute(html, "action") ?? ""),
    fields,
    buttonText: readable(/<button[\s\S]*?<\/button>/.exec(html)?.[0] ?? ""),
  };
}

export async function pageOf(response: Response): Promise<Page> {
  const html = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    html,
    text: readable(html),
    forms: [...html.matchAll(/<form[\s\S]*?<\/form>/g)].map(([form]) => formOf(form)),
    links: [...html.matchAll(/<a\s[^>]*>[\s\S]*?<\/a>/g)].map(([link]) => ({
      path: belowPortal(attribute(link, "href") ?? ""),
      text: readable(link),
    })),
  };
}

export interface Browsing {
  get(path?: string, options?: AskOptions): Promise<Page>;
  /** Presses a form's button, with other values in its fields. */
  send(form: PageForm, changed?: Record<string, string>, options?: AskOptions): Promise<Page>;
  /** A form of a page by its button. @throws when there is none */
  press(page: Page, button: string | RegExp, changed?: Record<string, string>): Promise<Page>;
  /** A page's link, or the form with one button that stands for it. */
  follow(page: Page, text: string | RegExp): Promise<Page>;
}

const says = (text: string, wanted: string | RegExp): boolean =>
  typeof wanted === "string" ? text === wanted : wanted.test(text);

/** @param customer their number, or "" for nobody */
export function browse(app: Pick<TestApp, "ctx" | "shop">, customer: string, proxy = testProxy()): Browsing {
  return browsing(async (path, options) =>
    pageOf(await portal(app.ctx, proxy, proxyRequest(app.shop.domain, customer, path, options))),
  );
}

/** @param ask brings the page of an address below the portal's */
export function browsing(ask: (path: string, options?: AskOptions) => Promise<Page>): Browsing {
  const browser: Browsing = {
    get: (path = "", options) => ask(path, options),
    send: (form, changed = {}, options = {}) => ask(form.path, { ...options, form: { ...form.fields, ...changed } }),
    press(page, button, changed) {
      const form = page.forms.find(({ buttonText }) => says(buttonText, button));
      if (!form) throw new Error(`There is no button ${String(button)} on: ${page.text}`);
      return browser.send(form, changed);
    },
    follow(page, text) {
      const link = page.links.find((each) => says(each.text, text));
      return link ? ask(link.path) : browser.press(page, text);
    },
  };
  return browser;
}
