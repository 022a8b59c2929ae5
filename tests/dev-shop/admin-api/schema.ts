import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import { buildClientSchema, type GraphQLSchema, type IntrospectionQuery } from "graphql";

import { parseAccess, type Access } from "./access";

export const VERSION = "2026-07";

interface ScopeRow {
  typeName: string;
  fieldName?: string;
  requiredAccess: string;
  offlineScopes: string[];
}

export interface AdminSchema {
  schema: GraphQLSchema;
  /** What a type or a field ("Type.field") requires; types and fields that require nothing are absent. */
  access: Map<string, Access>;
}

let loaded: AdminSchema | undefined;

/** Shopify's published schema and its table of access scopes; read once per process, when first needed (half a second). */
export function adminSchema(): AdminSchema {
  if (loaded) return loaded;
  const file = new URL("../schema/admin-2026-07.json.gz", import.meta.url);
  const { data, offline_scopes } = JSON.parse(gunzipSync(readFileSync(file)).toString("utf8")) as {
    data: IntrospectionQuery;
    offline_scopes: { items: ScopeRow[] };
  };
  const access = new Map<string, Access>();
  for (const row of offline_scopes.items) {
    if (row.offlineScopes.length === 0) continue;
    const name = row.fieldName === undefined ? row.typeName : `${row.typeName}.${row.fieldName}`;
    access.set(name, parseAccess(row.requiredAccess, row.offlineScopes));
  }
  // The published schema is valid; checking it again would cost a tenth of a second at every start.
  loaded = { schema: buildClientSchema(data, { assumeValid: true }), access };
  return loaded;
}
