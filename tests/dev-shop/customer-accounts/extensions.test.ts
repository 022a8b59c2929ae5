import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

import { readAppConfig } from "../hosts/app-config";
import { bundleOf, readUiExtensions, translationsOf } from "./extensions";

const ROOT = join(import.meta.dirname, "../../..");
const extensions = readUiExtensions(ROOT);
const KB = 1024;

/** Documented limits are 128 KB for a full page and 64 KB for others; what shoppers wait for is held far below. */
const BUDGETS = { subscriptions: 20 * KB, "subscription-links": 12 * KB };

test.each(Object.entries(BUDGETS))("the bundle of %s keeps to its budget", async (handle, budget) => {
  const extension = extensions.find((one) => one.handle === handle);
  if (!extension) throw new Error(`There is no extension called ${handle}.`);
  const { compressedBytes } = await bundleOf(extension);
  expect(compressedBytes).toBeLessThanOrEqual(budget);
});

test("there is no extension without a budget", () => {
  expect(extensions.map(({ handle }) => handle).sort()).toEqual(Object.keys(BUDGETS).sort());
});

test("extensions ask the app where shopify.app.toml says it is", async () => {
  const origin = new URL(readAppConfig(ROOT).applicationUrl).origin;
  for (const extension of extensions) expect((await bundleOf(extension)).script).toContain(`"${origin}"`);
});

const keysOf = (texts: unknown, prefix = ""): string[] =>
  typeof texts === "object" && texts !== null
    ? Object.entries(texts).flatMap(([name, value]) => keysOf(value, prefix === "" ? name : `${prefix}.${name}`))
    : [prefix];

test.each(extensions)("both languages of $handle have the same texts", (extension) => {
  const [en, nb] = ["en", "nb"].map((language) => keysOf(translationsOf(extension, language).texts));
  expect(nb).toEqual(en);
});

test("a language without texts is answered in English", () => {
  for (const extension of extensions) expect(translationsOf(extension, "fr").language).toBe("en");
});

const elements = join(import.meta.dirname, "browser/elements");
const played = readdirSync(elements)
  .map((name) => readFileSync(join(elements, name), "utf8"))
  .join("\n");

test("the stand-in has no element that Shopify's types don't name", () => {
  const types = join(ROOT, "node_modules/@shopify/ui-extensions/build/ts/surfaces/customer-account/components");
  const source = readdirSync(types)
    .filter((name) => name.endsWith(".d.ts"))
    .map((name) => readFileSync(join(types, name), "utf8"))
    .join("\n");
  const tags = [...played.matchAll(/\bdefine\(\s*"(s-[a-z-]+)"/g)].map((match) => match[1] ?? "");
  expect(tags.length).toBeGreaterThan(30);
  expect(tags.filter((tag) => !source.includes(`"${tag}"`) && !source.includes(`'${tag}'`))).toEqual([]);
});

test("every element that our extensions use is played", () => {
  const folder = join(ROOT, "extensions");
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.startsWith("customer-account") && name.endsWith(".tsx"))
    .map((name) => readFileSync(join(folder, name), "utf8"))
    .join("\n");
  const used = new Set([...sources.matchAll(/<(s-[a-z-]+)/g)].map((match) => match[1] ?? ""));
  expect(used.size).toBeGreaterThan(15);
  expect([...used].filter((tag) => !played.includes(`"${tag}"`))).toEqual([]);
});
