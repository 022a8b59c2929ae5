import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { parse } from "yaml";
import { z } from "zod";

/** Makes regions.json anew of a checkout of github.com/Shopify/worldwide: `node --import tsx app/lib/regions/generate.ts <checkout>`. */

const text = z.coerce.string();
const region = z.object({
  code: text,
  zip_example: text.optional(),
  zip_regex: z.string().optional(),
  zip_requirement: z.enum(["required", "recommended", "optional"]).optional(),
  hide_provinces_from_addresses: z.boolean().default(false),
  province_optional: z.boolean().default(false),
  zones: z.array(z.object({ code: text, name: z.string() })).default([]),
});

const [checkout] = process.argv.slice(2);
if (checkout === undefined) throw new Error("Say where the checkout of Shopify/worldwide is.");
const folder = path.join(checkout, "data/regions");

const regions = readdirSync(folder)
  .filter((file) => /^[A-Z]{2}\.yml$/.test(file))
  .sort()
  .map((file) => {
    const read = region.parse(parse(readFileSync(path.join(folder, file), "utf8")));
    // As Region#zip_required? of the same repository reckons it.
    const zipRequired = (read.zip_requirement ?? (read.zip_regex ? "required" : "optional")) === "required";
    const provinces = Object.fromEntries(read.zones.map(({ code, name }) => [code, name]));
    return [
      read.code,
      {
        zipRequired,
        ...(read.zip_example ? { zipExample: read.zip_example } : {}),
        ...(read.zones.length > 0 ? { provinces } : {}),
        ...(read.zones.length > 0 && read.hide_provinces_from_addresses ? { provincesHidden: true } : {}),
        ...(read.zones.length > 0 && read.province_optional ? { provinceOptional: true } : {}),
      },
    ] as const;
  });

writeFileSync(
  path.join(import.meta.dirname, "regions.json"),
  `${JSON.stringify(Object.fromEntries(regions), null, 2)}\n`,
);
