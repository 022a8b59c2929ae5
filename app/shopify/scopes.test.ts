import { readFileSync } from "node:fs";

import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { missingScopes, requiredScopes } from "./scopes";

describe("the access scopes", () => {
  it("are the ones Shopify is told in shopify.app.toml, and each has its reason on the docs page", () => {
    const toml = z
      .object({ access_scopes: z.object({ scopes: z.string() }) })
      .parse(parse(readFileSync("shopify.app.toml", "utf8")));
    expect(toml.access_scopes.scopes.split(",")).toEqual([...requiredScopes]);

    const page = readFileSync("docs/access-scopes.md", "utf8");
    for (const scope of requiredScopes) expect(page).toContain(`\`${scope}\``);
  });

  it("counts a read scope as granted when the write scope is", () => {
    expect(missingScopes(requiredScopes.join(","))).toEqual([]);
    expect(missingScopes(requiredScopes.join(", ").replace("read_orders", "write_orders"))).toEqual([]);
    expect(missingScopes(requiredScopes.join(",").replace("write_products", "read_products"))).toEqual([
      "write_products",
    ]);
  });

  it("misses everything in a shop that has granted nothing", () => {
    expect(missingScopes("")).toEqual([...requiredScopes]);
  });
});
