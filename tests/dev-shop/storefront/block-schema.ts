import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import Ajv from "ajv";
import type { AnySchema } from "ajv";

const require = createRequire(import.meta.url);

/** Shopify's own schema of settings, as its theme check ships it; a theme's blocks are checked by it, an app's are not. */
function shopifysSettings(): AnySchema {
  const data = join(dirname(require.resolve("@shopify/theme-check-docs-updater/package.json")), "data");
  const schema = JSON.parse(readFileSync(join(data, "setting.json"), "utf8")) as {
    definitions: Record<string, { properties: Record<string, unknown> }>;
  };
  // Known in app blocks only: the setting binds what the page is about. Source: shopify.dev, "Autofill".
  for (const resource of ["article", "blog", "collection", "page", "product"]) {
    const definition = schema.definitions[resource];
    if (definition) definition.properties["autofill"] = { type: "boolean" };
  }
  return schema;
}

/** Source: shopify.dev, themes, architecture, templates. */
const TEMPLATES = [
  "404",
  "article",
  "blog",
  "cart",
  "collection",
  "customers/account",
  "customers/activate_account",
  "customers/addresses",
  "customers/login",
  "customers/order",
  "customers/register",
  "customers/reset_password",
  "gift_card",
  "index",
  "list-collections",
  "metaobject",
  "page",
  "password",
  "policy",
  "product",
  "search",
  "*",
];

const where = {
  type: "object",
  additionalProperties: false,
  minProperties: 1,
  properties: {
    templates: { type: "array", minItems: 1, uniqueItems: true, items: { enum: TEMPLATES } },
    groups: { type: "array", minItems: 1, items: { enum: ["header", "footer", "aside", "*"] } },
  },
};

/** Shopify's limit for the name of a block; a translated one is measured in the locale files. */
const MAX_NAME = 25;

/**
 * The `{% schema %}` of a theme app extension's block. Source: shopify.dev, "App blocks and app embed blocks": the keys
 * and targets, `enabled_on` or `disabled_on` but not both, `available_if` an app-data metafield.
 */
const BLOCK = {
  type: "object",
  required: ["name", "target"],
  additionalProperties: false,
  not: { required: ["enabled_on", "disabled_on"] },
  properties: {
    name: { type: "string", minLength: 1, maxLength: MAX_NAME },
    target: { enum: ["section", "head", "compliance_head", "body"] },
    javascript: { type: "string", pattern: "^[\\w-]+\\.js$" },
    stylesheet: { type: "string", pattern: "^[\\w-]+\\.css$" },
    tag: { type: ["string", "null"] },
    class: { type: "string" },
    enabled_on: where,
    disabled_on: where,
    available_if: { type: "string", pattern: "^\\{\\{\\s*app\\.metafields\\." },
    settings: { type: "array", items: { $ref: "https://shopify/setting.json" } },
    default: { type: "object" },
  },
};

// Shopify's schemas carry editor keywords (markdownDescription) that a validator need not know.
const ajv = new Ajv({ allErrors: true, strict: false });
ajv.addSchema(shopifysSettings(), "https://shopify/setting.json");
const validate = ajv.compile(BLOCK);

/** What Shopify would not know in a block's schema, and texts that are not in the locale files. */
export function problemsOf(schema: unknown): string[] {
  if (!validate(schema)) {
    return (validate.errors ?? []).map(({ instancePath, message, params }) =>
      [instancePath, message, JSON.stringify(params)].join(" "),
    );
  }
  const { settings = [] } = schema as { settings?: Record<string, unknown>[] };
  const ids = settings.flatMap(({ id }) => (typeof id === "string" ? [id] : []));
  return [
    ...ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `two settings called "${id}"`),
    ...textsOf(schema)
      .filter((text) => !text.startsWith("t:"))
      .map((text) => `not translated: "${text}"`),
  ];
}

function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    typeof inner === "string" && ["name", "label", "info", "content"].includes(key) ? [inner] : textsOf(inner),
  );
}
