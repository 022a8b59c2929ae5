import type { GraphQLError, GraphQLResolveInfo } from "graphql";

import type { AppConfig, DevShop } from "../dev-shop";
import { idOf, type GidType, type Order, type Shop, type World } from "../world";
import { invalidId } from "./errors";

export interface Context {
  devShop: DevShop;
  world: World;
  shop: Shop;
  app: AppConfig;
  granted: ReadonlySet<string>;
  /** Search terms that Shopify ignores with a warning in extensions.search. */
  searchWarnings: { path: (string | number)[]; query: string; field: string }[];
  /** Field errors that make a call's outcome, kept for the record. */
  userErrors: number;
}

/**
 * A resolver of one field. Source and arguments are typed by whoever writes it: the schema guarantees both, which the
 * compiler can't know.
 */
export type Resolver = (source: never, args: never, context: Context, info: GraphQLResolveInfo) => unknown;

/** Fields of a type. What is not listed is answered with NOT_SERVED. */
export type Fields = Record<string, Resolver>;

export interface Paging {
  first?: number | null;
  last?: number | null;
  after?: string | null;
  before?: string | null;
  reverse?: boolean | null;
}

export interface Listing extends Paging {
  query?: string | null;
  sortKey?: string | null;
}

/** The numeric id of a global id; RESOURCE_NOT_FOUND for an id of another type. */
export function numericId(type: GidType, id: string): string {
  const numeric = idOf(type, id);
  if (numeric === null) throw invalidId(id);
  return numeric;
}

/** Documented: without read_all_orders an app sees the orders of the last 60 days. */
const VISIBLE_DAYS = 60;

export const seesOrder = (context: Context, order: Order): boolean =>
  context.granted.has("read_all_orders") ||
  Date.parse(context.world.now) - Date.parse(order.createdAt) <= VISIBLE_DAYS * 24 * 3_600_000;

const typeNames = new WeakMap<object, string>();

/** Remembers which type a record is, for fields that return an interface. */
export function as<T extends object>(type: string, record: T): T {
  typeNames.set(record, type);
  return record;
}

/** The concrete type of a value of an abstract type: what it says itself, else what it was remembered as. */
export function typeNameOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if ("__typename" in value && typeof value.__typename === "string") return value.__typename;
  return typeNames.get(value);
}

export type { GraphQLError };
