import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { buildClientSchema, type GraphQLSchema, type IntrospectionQuery } from "graphql";

export const VERSION = "2026-07";

let loaded: GraphQLSchema | undefined;

/** Shopify's published Customer Account API; read once per process, when first needed. */
export function customerSchema(): GraphQLSchema {
  if (!loaded) {
    const file = new URL("../../schema/customer-2026-07.json.gz", import.meta.url);
    const { data } = JSON.parse(gunzipSync(readFileSync(file)).toString("utf8")) as { data: IntrospectionQuery };
    // The published schema is valid; checking it again would cost a tenth of a second.
    loaded = buildClientSchema(data, { assumeValid: true });
  }
  return loaded;
}
