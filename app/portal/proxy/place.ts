import { z } from "zod";

import type { PortalActionKind } from "../actions";
import type { PublicPageName } from "../public/pages.server";
import { ACTION_KINDS } from "../settings";

/** Where in the portal a request leads. What is asked for stands in the path: the query is Shopify's alone. */
export type Place =
  | { at: "home" }
  | { at: "subscription"; id: string }
  /** @param ref the delivery, line or one-off that it is about */
  | { at: "action"; id: string; kind: PortalActionKind; ref: string | null }
  | { at: "leave"; id: string }
  /** From an e-mail. */
  | { at: "link"; token: string }
  | { at: "sign-in" }
  | { at: "public"; page: PublicPageName }
  | { at: "nowhere" };

const PUBLIC_PAGES: readonly PublicPageName[] = ["withdraw", "cancel-contract"];
const uuid = z.uuid();
const REF = /^[0-9a-f-]{1,36}$/;
const TOKEN = /^[A-Za-z0-9_-]{1,100}$/;
/** Deeper than any page of ours. */
const DEEPEST = 4;

const NOWHERE: Place = { at: "nowhere" };

/** @param path below the portal's own address, "/s/0198…/skip/4" */
export function placeOf(path: string): Place {
  const parts = path.split("/").filter((part) => part !== "");
  const [first, second, third, fourth] = parts;
  if (parts.length > DEEPEST) return NOWHERE;
  if (first === undefined) return { at: "home" };
  if (first === "s")
    return second !== undefined && uuid.safeParse(second).success ? inSubscription(second, third, fourth) : NOWHERE;
  if (first === "link" && parts.length === 2 && second !== undefined && TOKEN.test(second)) {
    return { at: "link", token: second };
  }
  if (parts.length > 1) return NOWHERE;
  if (first === "sign-in") return { at: "sign-in" };
  const page = PUBLIC_PAGES.find((known) => known === first);
  return page ? { at: "public", page } : NOWHERE;
}

function inSubscription(id: string, what: string | undefined, ref: string | undefined): Place {
  if (what === undefined) return { at: "subscription", id };
  if (what === "leave") return ref === undefined ? { at: "leave", id } : NOWHERE;
  const kind = ACTION_KINDS.find((known) => known === what);
  if (!kind || (ref !== undefined && !REF.test(ref))) return NOWHERE;
  return { at: "action", id, kind, ref: ref ?? null };
}

/** The way to a place, below the portal's own address. */
export const pathTo = {
  home: "",
  signIn: "/sign-in",
  subscription: (id: string) => `/s/${id}`,
  action: (id: string, kind: PortalActionKind, ref?: string | number) =>
    `/s/${id}/${kind}${ref === undefined ? "" : `/${ref}`}`,
  leave: (id: string) => `/s/${id}/leave`,
  link: (token: string) => `/link/${token}`,
};
