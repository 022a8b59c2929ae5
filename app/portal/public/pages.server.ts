import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import type { CaseKind } from "~/generated/prisma/enums";
import { systemClock } from "~/lib/clock";
import type { Html } from "~/lib/html";
import { readLimited } from "~/lib/limited-body";
import { localDate } from "~/schedule/due";

import { receiveCase } from "../cases.server";
import { createRateLimit } from "../proxy/rate-limit";
import type { RateLimit } from "../proxy/rate-limit";
import { portalSettings } from "../settings.server";
import { filledIn, readDeclaration } from "./declaration";
import { checkPage, formPage, noticePage, receiptPage } from "./page-html";
import type { PublicFrame } from "./page-html";
import { publicDateTime, publicLanguage, publicTexts } from "./texts";

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

const KINDS: Record<PublicPageName, CaseKind> = { withdraw: "WITHDRAWAL", "cancel-contract": "TERMINATION" };

/** The longest message in its longest encoding (three bytes a sign, each written as three), and the rest. */
const FORM_LIMIT = 32 * 1024;
/** Of one address on the net: people fill a form in once; whole offices share one address. */
const FORMS_PER_MINUTE = 20;

let ofThisProcess: RateLimit | undefined;
const forms = (): RateLimit => (ofThisProcess ??= createRateLimit(FORMS_PER_MINUTE, systemClock));

/** Which of the public pages a shop shows, for links to them. */
export async function publicPagesOf(ctx: Context, shop: Pick<Shop, "id">): Promise<PublicPageName[]> {
  const { withdrawalCountries, cancelPageCountries } = await portalSettings(ctx, shop);
  return [
    ...(withdrawalCountries.length > 0 ? (["withdraw"] as const) : []),
    ...(cancelPageCountries.length > 0 ? (["cancel-contract"] as const) : []),
  ];
}

/**
 * A public page, without signing in: GET shows its form; POST shows what was filled in, or receives it. Nobody is told
 * whether a contract exists. No form token: there is no one signed in whose name another site could use.
 */
export async function publicPage(
  ctx: Context,
  { shop, page, language: asked, path }: PublicVisit,
  request: Request,
  limit: RateLimit = forms(),
): Promise<PublicAnswer> {
  const settings = await portalSettings(ctx, shop);
  const kind = KINDS[page];
  const language = publicLanguage(asked, shop);
  const frame: PublicFrame = {
    t: publicTexts(language),
    language,
    kind,
    shopName: shop.name,
    contactEmail: shop.contactEmail ?? shop.email,
    path,
    ticket: ctx.ids.next(),
    ownTerms: language === "nb" ? settings.withdrawalTextNb : settings.withdrawalTextEn,
  };
  const answer = (status: number, html: Html, headers: Record<string, string> = {}): PublicAnswer => ({
    status,
    lang: language,
    page: html,
    headers,
  });
  if (!(await publicPagesOf(ctx, shop)).includes(page)) return answer(404, noticePage(frame, "off"));
  if (request.method !== "POST") return answer(200, formPage(frame, filledIn.parse({}), {}));

  const wait = limit.take(`${shop.id} ${addressOf(request)}`);
  if (wait > 0) return answer(429, noticePage(frame, "tooMany"), { "Retry-After": String(wait) });
  const body = await readLimited(request, FORM_LIMIT);
  if (body === null) return answer(413, noticePage(frame, "tooLong"), { Connection: "close" });
  const filled = filledIn.parse(Object.fromEntries(new URLSearchParams(new TextDecoder().decode(body))));
  const withTicket = { ...frame, ticket: filled.ticket ?? frame.ticket };
  if (filled.step === "edit") return answer(200, formPage(withTicket, filled, {}));

  const read = readDeclaration(kind, filled, localDate(ctx.clock.now(), shop.timeZone));
  if (!read.ok) return answer(400, formPage(withTicket, filled, read.errors));
  if (filled.step === "check") return answer(200, checkPage(withTicket, filled, read.declaration));
  const received = await receiveCase(ctx, shop, read.declaration, language, withTicket.ticket);
  if (received.outcome === "TOO_MANY") return answer(429, noticePage(frame, "tooMany"), { "Retry-After": "86400" });
  return answer(200, receiptPage(withTicket, read.declaration, publicDateTime(received.at, language, shop.timeZone)));
}

/**
 * Where the request came from, as the one in front of us has noted it. Shopify's proxy writes it; whoever gets past it
 * has no signature. Counted in memory for a minute, never kept.
 */
const addressOf = (request: Request): string =>
  request.headers.get("x-forwarded-for")?.split(",")[0]?.trim().slice(0, 64) ?? "unknown";
