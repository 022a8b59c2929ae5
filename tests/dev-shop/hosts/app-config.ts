import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { parse, type TomlTable } from "smol-toml";
import type { AppConfig } from "../dev-shop";

/**
 * Reads `shopify.app.toml` and every `extensions/<name>/shopify.extension.toml` under `root`, as far as Shopify acts
 * on them. Throws one sentence naming the file and the field when something Shopify requires is missing, or when a
 * setting is used that the stand-in does not act on (better than ignoring it in silence).
 */
export function readAppConfig(root: string): AppConfig {
  const file = join(root, "shopify.app.toml");
  const toml = readToml(file);
  const webhooks = table(toml["webhooks"]);
  const proxy = toml["app_proxy"] === undefined ? null : table(toml["app_proxy"]);
  return {
    clientId: required(toml, "client_id", file),
    name: required(toml, "name", file),
    handle: optional(toml, "handle") ?? slug(required(toml, "name", file)),
    applicationUrl: required(toml, "application_url", file),
    scopes: list(optional(table(toml["access_scopes"]), "scopes") ?? ""),
    webhookApiVersion: required(webhooks, "api_version", `${file} [webhooks]`),
    webhookTopics: tables(webhooks["subscriptions"]).flatMap((entry) => topicsOf(entry, file)),
    appProxy: proxy && {
      url: required(proxy, "url", `${file} [app_proxy]`),
      prefix: required(proxy, "prefix", `${file} [app_proxy]`),
      subpath: required(proxy, "subpath", `${file} [app_proxy]`),
    },
    subscriptionLinkPattern: readSubscriptionLinkPattern(root),
  };
}

function topicsOf(subscription: TomlTable, file: string): AppConfig["webhookTopics"] {
  const where = `${file} [[webhooks.subscriptions]]`;
  for (const setting of ["filter", "include_fields", "sub_topic"]) {
    if (subscription[setting] !== undefined) {
      throw new Error(`${where}: the stand-in does not act on "${setting}" yet.`);
    }
  }
  const uri = required(subscription, "uri", where);
  const name = optional(subscription, "name");
  return [...strings(subscription["topics"]), ...strings(subscription["compliance_topics"])].map((topic) =>
    name === undefined ? { topic, uri } : { topic, uri, name },
  );
}

function readSubscriptionLinkPattern(root: string): string | null {
  for (const folder of foldersIn(join(root, "extensions"))) {
    const file = join(root, "extensions", folder, "shopify.extension.toml");
    const toml = readTomlIfThere(file);
    if (!toml) continue;
    for (const extension of [toml, ...tables(toml["extensions"])]) {
      if (extension["type"] === "subscription_link_extension") {
        return required(extension, "pattern", file);
      }
    }
  }
  return null;
}

/**
 * The app's page for a contract, as Shopify builds it for "View subscription": the numeric contract id and the shop's
 * domain are put in. Answers a path inside the app, beginning with "/".
 */
export function subscriptionLinkPath(
  pattern: string,
  values: { contractId: string; customerId: string; shopDomain: string },
): string {
  const path = pattern
    .replaceAll("{contract_id}", values.contractId)
    .replaceAll("{customer_id}", values.customerId)
    .replaceAll("{shop}", values.shopDomain);
  return path.startsWith("/") || path.startsWith("?") ? path : `/${path}`;
}

function foldersIn(path: string): string[] {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name)
      .sort();
  } catch {
    return [];
  }
}

function readTomlIfThere(file: string): TomlTable | null {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return null;
  }
  return parseToml(text, file);
}

function readToml(file: string): TomlTable {
  const toml = readTomlIfThere(file);
  if (!toml) throw new Error(`${file} is missing: it tells the stand-in what the app is.`);
  return toml;
}

function parseToml(text: string, file: string): TomlTable {
  try {
    return parse(text);
  } catch (error) {
    throw new Error(`${file} is not valid TOML: ${error instanceof Error ? error.message : ""}`, {
      cause: error,
    });
  }
}

function table(value: unknown): TomlTable {
  return isTable(value) ? value : {};
}

const isTable = (value: unknown): value is TomlTable =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);

const tables = (value: unknown): TomlTable[] => (Array.isArray(value) ? value.filter(isTable) : []);

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string") : [];

function optional(from: TomlTable, name: string): string | undefined {
  const value = from[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

function required(from: TomlTable, name: string, where: string): string {
  const value = optional(from, name);
  if (value === undefined) throw new Error(`${where}: "${name}" is missing.`);
  return value;
}

const list = (value: string): string[] =>
  value
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

const slug = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
