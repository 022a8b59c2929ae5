import { badRequest } from "./errors";

type Value = string | number | null | undefined;

/** A filter of the schema's table for one connection: how its value is compared, and where it stands in a record. */
export interface Filter<T> {
  type: "id" | "time" | "string" | "number";
  get: (record: T) => Value | Value[];
}

export interface Searchable<T> {
  filters: Record<string, Filter<T>>;
  /** Words without a field are looked for in here, ignoring case. */
  text: (record: T) => string;
}

type Predicate<T> = (record: T) => boolean;

const TOKEN = /\s*(\(|\)|-?[\w.]+:\s*(?:[<>]=?)?\s*(?:'[^']*'|"[^"]*"|[^\s()]+)|'[^']*'|"[^"]*"|[^\s()]+)/gy;
const TERM = /^(-?)([\w.]+):\s*([<>]=?)?\s*(.+)$/s;

const unquote = (text: string): string => text.replace(/^(['"])(.*)\1$/s, "$2");

function number(type: "id" | "time" | "number", text: string): number {
  if (type === "time") return Date.parse(text);
  return Number(type === "id" ? text.replace(/^gid:\/\/shopify\/\w+\//, "") : text);
}

function test<T>(filter: Filter<T>, operator: string, wanted: string): Predicate<T> {
  const values = (record: T): Value[] => {
    const value = filter.get(record);
    return Array.isArray(value) ? value : [value];
  };
  const { type } = filter;
  if (type === "string") {
    const text = wanted.toLowerCase();
    if (text === "*")
      return (record) => values(record).some((value) => value !== null && value !== undefined && value !== "");
    const prefix = text.endsWith("*") ? text.slice(0, -1) : null;
    return (record) =>
      values(record).some((value) => {
        const own = String(value ?? "").toLowerCase();
        return prefix === null ? own === text : own.startsWith(prefix);
      });
  }
  const target = number(type, wanted);
  // A day is met by every moment in it.
  const wholeDay = type === "time" && /^\d{4}-\d{2}-\d{2}$/.test(wanted) ? 86_400_000 : 1;
  const compare = (own: number): boolean => {
    if (operator === ">") return own > target;
    if (operator === ">=") return own >= target;
    if (operator === "<") return own < target;
    if (operator === "<=") return own <= target;
    return own >= target && own < target + wholeDay;
  };
  return (record) =>
    values(record).some((value) => value !== null && value !== undefined && compare(number(type, String(value))));
}

/**
 * Shopify's search syntax: terms "field:value" with >, >=, <, <=, quotes, AND (or a space), OR, NOT or "-", and
 * brackets. Documented: a field the connection doesn't know is ignored with a warning, which goes to `warn`.
 */
export function search<T>(query: string, searchable: Searchable<T>, warn: (field: string) => void): Predicate<T> {
  const tokens = [...query.trim().matchAll(TOKEN)].map((match) => match[1] ?? "");
  let at = 0;
  const peek = (): string | undefined => tokens[at];
  const all: Predicate<T> = () => true;

  function term(token: string): Predicate<T> {
    const match = TERM.exec(token);
    if (!match) {
      const words = unquote(token).toLowerCase().replaceAll("*", "");
      return (record) => searchable.text(record).toLowerCase().includes(words);
    }
    const [, minus, field = "", operator = "", raw = ""] = match;
    const filter = searchable.filters[field];
    if (!filter) {
      warn(field);
      return all;
    }
    const met = test(filter, operator, unquote(raw));
    return minus ? (record) => !met(record) : met;
  }
  function unary(): Predicate<T> {
    const token = tokens[at++];
    if (token === undefined) throw badRequest("Invalid search query.");
    if (token === "NOT") {
      const inner = unary();
      return (record) => !inner(record);
    }
    if (token !== "(") return term(token);
    const inner = either();
    if (tokens[at++] !== ")") throw badRequest("Invalid search query.");
    return inner;
  }
  function both(): Predicate<T> {
    let left = unary();
    for (let token = peek(); token !== undefined && token !== "OR" && token !== ")"; token = peek()) {
      if (token === "AND") at += 1;
      const [before, after] = [left, unary()];
      left = (record) => before(record) && after(record);
    }
    return left;
  }
  function either(): Predicate<T> {
    let left = both();
    while (peek() === "OR") {
      at += 1;
      const [before, after] = [left, both()];
      left = (record) => before(record) || after(record);
    }
    return left;
  }
  if (tokens.length === 0) return all;
  const predicate = either();
  if (at < tokens.length) throw badRequest("Invalid search query.");
  return predicate;
}
