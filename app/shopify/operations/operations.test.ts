import fs from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";

import { buildClientSchema, NoDeprecatedCustomRule, parse, specifiedRules, validate } from "graphql";
import type { IntrospectionQuery } from "graphql";
import { describe, expect, test } from "vitest";

/** Documents are checked against the Admin API schema that is pinned (docs/decisions/0003). */
const packed = fs.readFileSync("tests/dev-shop/schema/admin-2026-07.json.gz");
const { data } = JSON.parse(gunzipSync(packed).toString("utf8")) as { data: IntrospectionQuery };
const schema = buildClientSchema(data);

/** Everything wrong or deprecated in a document. */
const complaints = (source: string): string[] =>
  validate(schema, parse(source), [...specifiedRules, NoDeprecatedCustomRule]).map(({ message }) => message);

const documents = fs.readdirSync(import.meta.dirname).filter((name) => name.endsWith(".graphql"));
const all = documents.map((name) => fs.readFileSync(path.join(import.meta.dirname, name), "utf8")).join("\n");

describe("GraphQL documents", () => {
  test("fit Shopify's published schema and use nothing that it has deprecated", () => {
    expect(documents.length).toBeGreaterThan(0);
    expect(complaints(all)).toEqual([]);
  });

  test("would be refused with a deprecated or an unknown field", () => {
    expect(complaints("query Old { customers(first: 1) { nodes { email } } }")).toEqual([
      expect.stringContaining("Customer.email is deprecated"),
    ]);
    expect(complaints("query Unknown { shop { nope } }")).toEqual([
      expect.stringContaining('Cannot query field "nope"'),
    ]);
  });
});
