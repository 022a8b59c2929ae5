/** What the schema's scope table requires of one type or field. */
export interface Access {
  /** The table's own words, which Shopify puts into the error. */
  required: string;
  /** Every group must be met; a group is met by any of its scopes. */
  allOf: string[][];
}

const SCOPE = /`((?:read|write|customer|unauthenticated)_\w+)`/g;

const scopesIn = (text: string): string[] => [...text.matchAll(SCOPE)].map((match) => match[1] ?? "");

/** Reads a sentence such as "`write_products` access scope as well as any of `a`, `b` access scopes. Also: Requires `c` scope." */
export function parseAccess(required: string, scopes: readonly string[]): Access {
  const allOf = required.split(/Also: Requires|as well as/).flatMap((clause) => {
    const named = scopesIn(clause).filter((scope) => scopes.includes(scope));
    if (named.length === 0) return [];
    return / or |any of /i.test(clause) ? [named] : named.map((scope) => [scope]);
  });
  return { required, allOf: allOf.length > 0 ? allOf : scopes.map((scope) => [scope]) };
}

/** Documented: a write scope includes the read scope of the same name. */
export const withImplied = (granted: readonly string[]): Set<string> =>
  new Set(granted.flatMap((scope) => [scope, scope.replace(/^write_/, "read_")]));

export const allows = (access: Access, granted: ReadonlySet<string>): boolean =>
  access.allOf.every((group) => group.some((scope) => granted.has(scope)));
