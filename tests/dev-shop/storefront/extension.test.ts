import { readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { themeCheckRun } from "@shopify/theme-check-node";
import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { readAppConfig, subscriptionLinkPath } from "../hosts/app-config";
import { APP_REFERENCE } from "../scenarios/kaffebonna";
import { problemsOf } from "./block-schema";

const ROOT = join(import.meta.dirname, "../../..");
const EXTENSION = join(ROOT, "extensions/storefront");
const read = (file: string): Buffer => readFileSync(join(EXTENSION, file));

describe("the weight of each block", () => {
  // Every page of every shop pays for these bytes. Shopify checks raw bytes, shoppers wait for compressed ones.
  const budgets: Record<string, readonly [raw: number, compressed: number]> = {
    "assets/subscribe.js": [3_000, 1_000],
    "assets/subscribe.css": [3_000, 800],
    "assets/express.js": [1_500, 600],
    "assets/cart.js": [2_000, 800],
    "assets/cart.css": [2_000, 700],
    "assets/badge.css": [300, 150],
    "assets/links.css": [400, 200],
  };

  it("has a budget for every asset", () => {
    expect(readdirSync(join(EXTENSION, "assets")).map((name) => `assets/${name}`)).toEqual(Object.keys(budgets).sort());
  });

  it.each(Object.entries(budgets))("%s stays within %i bytes raw and compressed", (file, [raw, compressed]) => {
    expect(read(file).length).toBeLessThanOrEqual(raw);
    expect(gzipSync(read(file), { level: 9 }).length).toBeLessThanOrEqual(compressed);
  });
});

describe("the theme app extension", () => {
  it("passes Shopify's theme check without an offence", async () => {
    // Offline: with nowhere to keep a download, it uses the definitions that come with the package.
    process.env["XDG_CACHE_HOME"] = join(tmpdir(), `theme-check-${process.pid}`);
    const { offenses } = await themeCheckRun(EXTENSION, "theme-check:theme-app-extension");
    expect(offenses.map(({ check, message, uri }) => `${check}: ${message} (${uri})`)).toEqual([]);
  });

  it("has only the folders that Shopify deploys, and a TOML of type theme", () => {
    const folders = readdirSync(EXTENSION, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(folders.map(({ name }) => name).sort()).toEqual(["assets", "blocks", "locales", "snippets"]);
    expect(parse(read("shopify.extension.toml").toString())).toMatchObject({ type: "theme", handle: "storefront" });
  });

  const keysOf = (value: unknown, path = ""): string[] =>
    typeof value === "object" && value !== null
      ? Object.entries(value).flatMap(([key, inner]) => keysOf(inner, `${path}.${key}`))
      : [path];

  it.each([
    ["en.default.json", "nb.json"],
    ["en.default.schema.json", "nb.schema.json"],
  ])("says in Norwegian all that it says in English (%s)", (english, norwegian) => {
    const keys = (file: string): string[] => keysOf(JSON.parse(read(`locales/${file}`).toString())).sort();
    expect(keys(norwegian)).toEqual(keys(english));
    // Shopify's limit for a locale file.
    expect(read(`locales/${norwegian}`).length).toBeLessThan(15_000);
  });
});

describe("the links at the end of every page", () => {
  it("are called what the pages behind them call them", () => {
    const texts = (language: string) =>
      JSON.parse(readFileSync(join(ROOT, `app/portal/public/locales/${language}.json`), "utf8")) as Record<
        "WITHDRAWAL" | "TERMINATION",
        { link: string }
      >;
    const german = texts("de");
    for (const [file, language] of [
      ["en.default.json", "en"],
      ["nb.json", "nb"],
    ] as const) {
      const { links } = JSON.parse(read(`locales/${file}`).toString()) as { links: Record<string, string> };
      expect(links).toMatchObject({
        withdraw: texts(language).WITHDRAWAL.link,
        cancel: texts(language).TERMINATION.link,
        withdraw_german: german.WITHDRAWAL.link,
        cancel_german: german.TERMINATION.link,
      });
    }
  });
});

describe("the blocks' schemas", () => {
  const blocks = readdirSync(join(EXTENSION, "blocks"));
  const schemaOf = (block: string): string =>
    /\{% schema %\}([\s\S]*)\{% endschema %\}/.exec(read(`blocks/${block}`).toString())?.[1] ?? "null";

  it.each(blocks)("%s has only what Shopify knows", (block) => {
    expect(problemsOf(JSON.parse(schemaOf(block)))).toEqual([]);
  });

  it.each(blocks)("%s has every text of it in both languages, and its assets", (block) => {
    const text = schemaOf(block);
    for (const file of ["locales/en.default.schema.json", "locales/nb.schema.json"]) {
      const labels: unknown = JSON.parse(read(file).toString());
      for (const [, key = ""] of text.matchAll(/"t:([\w.]+)"/g)) {
        const found = key
          .split(".")
          .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], labels);
        expect(found, `${file}: ${key}`).toBeTypeOf("string");
      }
    }
    const { stylesheet } = JSON.parse(text) as { stylesheet: string };
    expect(readdirSync(join(EXTENSION, "assets"))).toContain(stylesheet);
  });

  it.each([
    ["an unknown key", { tempaltes: ["product"] }],
    ["an unknown target", { target: "footer" }],
    ["a template that Shopify lacks", { enabled_on: { templates: ["products"] } }],
    ["both enabled_on and disabled_on", { enabled_on: { templates: ["cart"] }, disabled_on: { templates: ["index"] } }],
    ["an unknown type of setting", { settings: [{ type: "toggle", id: "a", label: "A" }] }],
    ["an unknown key of a setting", { settings: [{ type: "checkbox", id: "a", label: "A", infos: "?" }] }],
    [
      "a default that its setting can't hold",
      { settings: [{ type: "checkbox", id: "a", label: "A", default: "yes" }] },
    ],
    ["an untranslated text", { settings: [{ type: "text", id: "a", label: "A" }], name: "t:subscribe.name" }],
    ["two settings of one id", { settings: ["a", "a"].map((id) => ({ type: "text", id, label: "t:a" })) }],
    ["a name that is too long to show", { name: "A name that is far too long" }],
  ])("would turn away %s", (_, change) => {
    const right = { name: "t:cart.name", target: "section", settings: [{ type: "text", id: "a", label: "t:a" }] };
    expect(problemsOf(right)).toEqual([]);
    expect(problemsOf({ ...right, ...change })).not.toEqual([]);
  });

  it("leaves buying once selected unless the merchant decides otherwise", () => {
    const { settings } = JSON.parse(schemaOf("subscribe.liquid")) as { settings: { id?: string; default?: unknown }[] };
    expect(settings.find(({ id }) => id === "preselect")).toMatchObject({ default: false });
  });

  it("are for our own plans only, each block by the same id", () => {
    for (const block of blocks.filter((name) => read(`blocks/${name}`).includes("selling_plan_groups"))) {
      const liquid = read(`blocks/${block}`).toString();
      expect(liquid, block).toContain(`assign own_app_id = '${APP_REFERENCE}'`);
      expect(liquid.match(/for group in [\w.]*selling_plan_groups/g)?.length, block).toBe(
        liquid.match(
          /if group\.(app_id == own_app_id|id == allocation\.selling_plan_group_id and group\.app_id == own_app_id)/g,
        )?.length,
      );
    }
  });

  it("show amounts by Shopify's own filters only, so that they are in the visitor's currency and the shop's form", () => {
    for (const block of blocks) {
      const liquid = read(`blocks/${block}`).toString();
      const shown = [...liquid.matchAll(/\{\{-?\s*([^}]*price[^}]*?)\s*-?\}\}/g)].map(
        ([, expression = ""]) => expression,
      );
      for (const expression of shown) {
        expect(expression, block).toMatch(/^(each_)?price$|\| (money|unit_price_with_measurement)|\| t: price: \w+/);
      }
      expect(liquid).not.toMatch(/kr\b|NOK|EUR|€/);
    }
  });
});

describe("the subscription link extension", () => {
  it("leads from Shopify's order and customer pages to the app's contract page", () => {
    const { subscriptionLinkPattern } = readAppConfig(ROOT);
    expect(subscriptionLinkPattern).toBe("/app/contracts/{contract_id}");
    expect(subscriptionLinkPath).toBeTypeOf("function");
  });
});
