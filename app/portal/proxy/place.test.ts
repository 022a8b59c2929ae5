import { describe, expect, it } from "vitest";

import { pathTo, placeOf } from "./place";

const id = "0198e0a0-0000-7000-8000-000000000001";

describe("the portal's addresses", () => {
  it("lead where they say", () => {
    expect(placeOf("")).toEqual({ at: "home" });
    expect(placeOf("/")).toEqual({ at: "home" });
    expect(placeOf(pathTo.subscription(id))).toEqual({ at: "subscription", id });
    expect(placeOf(pathTo.action(id, "skip", 4))).toEqual({ at: "action", id, kind: "skip", ref: "4" });
    expect(placeOf(pathTo.action(id, "pause"))).toEqual({ at: "action", id, kind: "pause", ref: null });
    expect(placeOf(pathTo.leave(id))).toEqual({ at: "leave", id });
    expect(placeOf(pathTo.link("a".repeat(43)))).toEqual({ at: "link", token: "a".repeat(43) });
    expect(placeOf(pathTo.signIn)).toEqual({ at: "sign-in" });
    expect(placeOf("/withdraw")).toEqual({ at: "public", page: "withdraw" });
    expect(placeOf("/cancel-contract/")).toEqual({ at: "public", page: "cancel-contract" });
  });

  it.each([
    "/nothing",
    "/s",
    "/s/1",
    `/s/${id}/steal`,
    `/s/${id}/skip/1/2`,
    `/s/${id}/skip/<script>`,
    `/s/${id}/leave/1`,
    "/link",
    "/link/a/b",
    "/withdraw/more",
  ])("lead nowhere when there is nothing: %s", (path) => {
    expect(placeOf(path)).toEqual({ at: "nowhere" });
  });
});
