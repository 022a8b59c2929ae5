import type { Searchable } from "./search";

/** How long a search answers from what was before (that it lags is documented, a second is assumed; real time). */
export const SEARCH_LAG_MS = 1000;

interface Entry<T> {
  /** What searches see; null for a record that they don't see yet. */
  seen: T | null;
  seenKey: string;
  /** When a search first met the record in its new shape. */
  changedAt: number | null;
}

/** Per list of records (a shop's contracts, …) what its search index holds. Derived, never saved. */
const indexes = new WeakMap<object, WeakMap<object, Entry<object>>>();

const keyOf = <T>(record: T, searchable: Searchable<T>): string =>
  JSON.stringify([...Object.values(searchable.filters).map(({ get }) => get(record)), searchable.text(record)]);

/**
 * The records as a search sees them: a change shows a second after a search first met it. The first search of a list
 * takes it as it is, because everything in it is old.
 */
export function asIndexed<T extends object>(
  list: object,
  records: readonly T[],
  searchable: Searchable<T>,
  now: number,
): { record: T; seen: T }[] {
  const known = indexes.get(list);
  const entries = known ?? new WeakMap<object, Entry<object>>();
  if (!known) indexes.set(list, entries);
  return records.flatMap((record) => {
    const key = keyOf(record, searchable);
    const entry = entries.get(record);
    if (!known || entry?.seenKey === key) {
      entries.set(record, { seen: { ...record }, seenKey: key, changedAt: null });
      return [{ record, seen: record }];
    }
    const changedAt = entry?.changedAt ?? now;
    if (now - changedAt >= SEARCH_LAG_MS) {
      entries.set(record, { seen: { ...record }, seenKey: key, changedAt: null });
      return [{ record, seen: record }];
    }
    const seen = entry?.seen ?? null;
    entries.set(record, { seen, seenKey: entry?.seenKey ?? "", changedAt });
    // The copy was made from a record of this list, so it is of its type.
    return seen === null ? [] : [{ record, seen: seen as T }];
  });
}
