import { NotServedError } from "./not-served";

/** What liquidjs itself looks for on any value it meets. */
const ENGINE_KEYS = new Set([
  "toLiquid",
  "liquidMethodMissing",
  "then",
  "next",
  "equals",
  "gt",
  "geq",
  "lt",
  "leq",
  "contains",
  "toJSON",
  "valueOf",
  "toString",
  "size",
  "first",
  "last",
  "length",
  "constructor",
]);

export type Drop = Readonly<Record<string, unknown>>;

/**
 * An object as Liquid sees it. Asking for a property that is not in `fields` is an error naming it; a property that
 * Shopify leaves empty is null in `fields`. Getters keep what is dear (variants, plans) uncomputed until it is asked for.
 */
export function drop(name: string, fields: Record<string, unknown>): Drop {
  return new Proxy(fields, {
    get(target, key) {
      if (typeof key === "symbol" || key in target || ENGINE_KEYS.has(key)) return Reflect.get(target, key) as unknown;
      throw new NotServedError(`Liquid property "${name}.${key}"`);
    },
  });
}
