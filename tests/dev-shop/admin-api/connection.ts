import { AsyncLocalStorage } from "node:async_hooks";

import { shopifyError, badRequest } from "./errors";
import type { Paging } from "./context";

export interface Connection<T> {
  edges: { cursor: string; node: T }[];
  nodes: T[];
  pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; startCursor: string | null; endCursor: string | null };
}

/** Documented: a page holds at most 250. */
const MAX_PAGE = 250;

const unpaged = new AsyncLocalStorage<true>();

/** Runs something in which every connection answers all it has, whatever page is asked for: bulk operations do. */
export const withoutPages = <T>(run: () => T): T => unpaged.run(true, run);

type Key = string | number;

interface Position {
  last_id: Key;
  last_value: Key;
}

const encode = (position: Position): string => Buffer.from(JSON.stringify(position)).toString("base64");

function decode(cursor: string): Position {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, "base64").toString("utf8"));
    if (typeof value === "object" && value !== null && "last_id" in value && "last_value" in value) {
      const { last_id, last_value } = value;
      const isKey = (key: unknown): key is Key => typeof key === "string" || typeof key === "number";
      if (isKey(last_id) && isKey(last_value)) return { last_id, last_value };
    }
  } catch {
    // Falls through to the one answer for every cursor that isn't ours.
  }
  throw badRequest("Invalid cursor for current pagination sort.");
}

function compareKeys(a: Key, b: Key): number {
  const x = Number(a);
  const y = Number(b);
  if (!Number.isNaN(x) && !Number.isNaN(y)) return x - y;
  return String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0;
}

const comparePositions = (a: Position, b: Position): number =>
  compareKeys(a.last_value, b.last_value) || compareKeys(a.last_id, b.last_id);

function sizeOf(args: Paging): number {
  const size = args.first ?? args.last;
  if (size === null || size === undefined) throw badRequest("you must provide one of first or last");
  if (size < 0) throw badRequest(`${args.first == null ? "last" : "first"} must be greater than or equal to 0`);
  if (size > MAX_PAGE) {
    throw shopifyError(
      `The page size of ${size} is greater than the maximum allowed of ${MAX_PAGE}.`,
      "MAX_INPUT_SIZE_EXCEEDED",
    );
  }
  return size;
}

/**
 * A page of records sorted by `value`, ties by `id`. Cursors name both, so that a page goes on at the right place when
 * records come and go between two calls.
 */
export function connect<T>(
  records: readonly T[],
  args: Paging,
  id: (record: T) => Key,
  value: (record: T) => Key = id,
): Connection<T> {
  const whole = unpaged.getStore() === true;
  const size = whole ? Infinity : sizeOf(args);
  const direction = args.reverse ? -1 : 1;
  const compare = (a: Position, b: Position): number => direction * comparePositions(a, b);
  let entries = records
    .map((record) => ({ record, position: { last_id: id(record), last_value: value(record) } }))
    .sort((a, b) => compare(a.position, b.position));
  const total = entries.length;
  if (args.after && !whole) {
    const after = decode(args.after);
    entries = entries.filter((entry) => compare(entry.position, after) > 0);
  }
  const skippedBefore = total - entries.length;
  if (args.before && !whole) {
    const before = decode(args.before);
    entries = entries.filter((entry) => compare(entry.position, before) < 0);
  }
  const skippedAfter = total - skippedBefore - entries.length;
  const fromStart = whole || (args.first !== null && args.first !== undefined);
  const page = fromStart ? entries.slice(0, size) : entries.slice(Math.max(0, entries.length - size));
  const cut = entries.length - page.length;
  const edges = page.map(({ record, position }) => ({ cursor: encode(position), node: record }));
  return {
    edges,
    nodes: page.map(({ record }) => record),
    pageInfo: {
      hasNextPage: skippedAfter > 0 || (fromStart && cut > 0),
      hasPreviousPage: skippedBefore > 0 || (!fromStart && cut > 0),
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

/** A page of records in the order they stand in. */
export function list<T>(records: readonly T[], args: Paging): Connection<T> {
  const places = new Map(records.map((record, index) => [record, index]));
  return connect(records, args, (record) => places.get(record) ?? 0);
}
