import { expect } from "vitest";

type Texts = [key: string, text: string][];

function flatten(node: object, prefix = ""): Texts {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]): Texts =>
    typeof value === "object" && value !== null
      ? flatten(value, `${prefix}${key}.`)
      : [[`${prefix}${key}`, String(value)]],
  );
}

const placeholders = (text: string): string =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)]
    .map((match) => match[1])
    .sort()
    .join();

/** Both languages have the same texts, none of them empty, with the same names, dates and amounts to fill in. */
export function expectSameTexts(en: object, nb: object): void {
  const english = new Map(flatten(en));
  const norwegian = new Map(flatten(nb));
  expect([...norwegian.keys()].sort()).toEqual([...english.keys()].sort());
  expect([...english, ...norwegian].filter(([, text]) => text.trim() === "")).toEqual([]);
  const differing = [...english].filter(([key, text]) => placeholders(text) !== placeholders(norwegian.get(key) ?? ""));
  expect(differing).toEqual([]);
}
