import { describe, expect, it } from "vitest";

import en from "./locales/en.json";
import nb from "./locales/nb.json";

function flatten(node: object, prefix = ""): [string, string][] {
  return Object.entries(node).flatMap(([key, value]: [string, unknown]): [string, string][] =>
    typeof value === "object" && value !== null
      ? flatten(value, `${prefix}${key}.`)
      : [[`${prefix}${key}`, String(value)]],
  );
}

const english = new Map(flatten(en));
const norwegian = new Map(flatten(nb));
const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

describe("the e-mails' texts", () => {
  it("are there in both languages, none of them empty", () => {
    expect([...norwegian.keys()].sort()).toEqual([...english.keys()].sort());
    expect([...english, ...norwegian].filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  it("tell the same names, dates and amounts in both", () => {
    const differing = [...english].filter(
      ([key, text]) => String(placeholders(text)) !== String(placeholders(norwegian.get(key) ?? "")),
    );
    expect(differing).toEqual([]);
  });
});
