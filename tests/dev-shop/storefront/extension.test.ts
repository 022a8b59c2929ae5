import { readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { themeCheckRun } from "@shopify/theme-check-node";
import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { readAppConfig, subscriptionLinkPath } from "../hosts/app-config";

const ROOT = join(import.meta.dirname, "../../..");
const EXTENSION = join(ROOT, "extensions/storefront");
const read = (file: string): Buffer => readFileSync(join(EXTENSION, file));

describe("the weight of the subscribe block", () => {
  // Every product page of every shop pays for these bytes. Shopify checks raw bytes, shoppers wait for compressed ones.
  it.each([
    ["assets/subscribe.js", 3_000, 1_000],
    ["assets/subscribe.css", 3_000, 800],
  ])("%s stays within %i bytes raw and %i compressed", (file, raw, compressed) => {
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
    expect(folders.map(({ name }) => name).sort()).toEqual(["assets", "blocks", "locales"]);
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

describe("the block's schema", () => {
  const text = /\{% schema %\}([\s\S]*)\{% endschema %\}/.exec(read("blocks/subscribe.liquid").toString())?.[1];
  const translated = z.string().regex(/^t:subscribe\./);
  const shape = z.strictObject({
    name: translated,
    target: z.literal("section"),
    stylesheet: z.string(),
    enabled_on: z.strictObject({ templates: z.tuple([z.literal("product")]) }),
    settings: z.array(
      z.discriminatedUnion("type", [
        z.strictObject({ type: z.literal("header"), content: translated }),
        z.strictObject({
          type: z.literal("product"),
          id: z.string(),
          label: translated,
          autofill: z.literal(true),
        }),
        z.strictObject({
          type: z.literal("checkbox"),
          id: z.string(),
          label: translated,
          info: translated,
          default: z.boolean(),
        }),
        z.strictObject({
          type: z.enum(["text", "textarea"]),
          id: z.string(),
          label: translated,
          info: translated.optional(),
        }),
        z.strictObject({
          type: z.literal("select"),
          id: z.string(),
          label: translated,
          info: translated,
          default: z.string(),
          options: z.array(z.strictObject({ value: z.string(), label: translated })).min(2),
        }),
      ]),
    ),
  });

  // Theme check does not look inside a block's schema; an unknown key would first be found by Shopify at deploy.
  it("has only what Shopify knows, with every text translated", () => {
    const schema = shape.parse(JSON.parse(text ?? "null"));
    const labels: unknown = JSON.parse(read("locales/en.default.schema.json").toString());
    const lookUp = (key: string): unknown =>
      key
        .slice(2)
        .split(".")
        .reduce<unknown>((found, part) => (found as Record<string, unknown> | undefined)?.[part], labels);
    for (const [, key = ""] of (text ?? "").matchAll(/"(t:[\w.]+)"/g)) expect(lookUp(key), key).toBeTypeOf("string");
    expect(readdirSync(join(EXTENSION, "assets"))).toContain(schema.stylesheet);
  });

  it("leaves buying once selected unless the merchant decides otherwise", () => {
    const schema = shape.parse(JSON.parse(text ?? "null"));
    expect(schema.settings.find((setting) => "id" in setting && setting.id === "preselect")).toMatchObject({
      default: false,
    });
  });
});

describe("the subscription link extension", () => {
  it("leads from Shopify's order and customer pages to the app's contract page", () => {
    const { subscriptionLinkPattern } = readAppConfig(ROOT);
    expect(subscriptionLinkPattern).toBe("/app/contracts/{contract_id}");
    expect(subscriptionLinkPath).toBeTypeOf("function");
  });
});
