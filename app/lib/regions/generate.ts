import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { parse } from "yaml";
import { z } from "zod";

import { bareZip } from "./regions";

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

/**
 * Whether the pattern, Ruby's as JavaScript reads it, takes the example in either writing. Two that insist on their space
 * (GG, LC) are left out: Shopify puts it in before it checks.
 */
const isRight = (example: string | undefined, pattern: string): boolean =>
  example !== undefined && [example, bareZip(example)].every((zip) => new RegExp(pattern, "i").test(zip));

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
        // Nobody is told that a postal code is wrong without an example of a right one.
        ...(read.zip_regex && isRight(read.zip_example, read.zip_regex) ? { zipPattern: read.zip_regex } : {}),
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
