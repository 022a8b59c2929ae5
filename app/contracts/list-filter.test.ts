import { describe, expect, it } from "vitest";

import { filterOf, listStateOf, listUrl } from "./list-filter";

const stateOf = (query: string) => listStateOf(new URLSearchParams(query));

describe("the list's state lives in its address", () => {
  it.each(["", "?status=paused", "?status=attention&q=ola+m%C3%B8rk&page=3"])("%j comes back the same", (query) => {
    expect(listUrl(stateOf(query))).toBe(`/app/contracts${query}`);
  });
  it.each(["status=nonsense", "page=0", "page=-1", "page=1.5", "page=x", "page=1e9", "q=%20%20"])(
    "%s is the plain list",
    (query) => {
      expect(listUrl(stateOf(query))).toBe("/app/contracts");
    },
  );
});

describe("the tabs filter", () => {
  it.each([
    ["", { page: 1 }],
    ["status=active", { page: 1, status: "ACTIVE" }],
    ["status=cancelled&page=2", { page: 2, status: "CANCELLED" }],
    ["status=attention&q=ola", { page: 1, needsAttention: true, search: "ola" }],
  ])("%j", (query, filter) => {
    expect(filterOf(stateOf(query))).toEqual(filter);
  });
});
