import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import { html } from "~/lib/html";
import type { Html } from "~/lib/html";

/** The public pages, by the last part of their address. */
export const PUBLIC_PAGES = ["withdraw", "cancel-contract"] as const;
export type PublicPageName = (typeof PUBLIC_PAGES)[number];

export interface PublicVisit {
  shop: Shop;
  page: PublicPageName;
  /** The language as the storefront named it ("de", "nb-NO"); null if it did not. */
  language: string | null;
  /** Where this page lies on the shop's address, "/apps/perennial/withdraw"; forms are sent there. */
  path: string;
}

/** What the router sends on: 200, 400, 404, 413 or 429. The page's content alone, without the portal's frame and style. */
export interface PublicAnswer {
  status: number;
  /** BCP 47, of the page's `lang`: "en", "nb" or "de". */
  lang: string;
  page: Html;
  headers: Record<string, string>;
}

/** A public page, without signing in: GET shows its form; POST shows what was filled in, and then receives it. */
export function publicPage(_ctx: Context, _visit: PublicVisit, _request: Request): Promise<PublicAnswer> {
  return Promise.resolve({ status: 404, lang: "en", page: html``, headers: {} });
}
