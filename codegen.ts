import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";

import type { CodegenConfig } from "@graphql-codegen/cli";

// The pinned schema is kept packed; the generator wants a plain introspection file.
const schema = ".cache/admin-2026-07.json";
mkdirSync(".cache", { recursive: true });
const { data } = JSON.parse(
  gunzipSync(readFileSync("tests/dev-shop/schema/admin-2026-07.json.gz")).toString("utf8"),
) as { data: unknown };
writeFileSync(schema, JSON.stringify(data));

const config: CodegenConfig = {
  schema,
  documents: "app/shopify/operations/*.graphql",
  generates: {
    "app/shopify/generated/admin.ts": {
      plugins: ["typescript-operations", "typed-document-node"],
      config: {
        useTypeImports: true,
        enumsAsTypes: true,
        skipTypename: true,
        scalars: {
          ID: "string",
          DateTime: "string",
          Date: "string",
          Decimal: "string",
          Money: "string",
          URL: "string",
          UnsignedInt64: "string",
          FormattedString: "string",
          HTML: "string",
          JSON: "unknown",
          ARN: "string",
          Color: "string",
          StorefrontID: "string",
          UtcOffset: "string",
          BigInt: "string",
        },
      },
    },
  },
};

export default config;
