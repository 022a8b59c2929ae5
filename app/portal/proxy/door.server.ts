import { z } from "zod";

import { lookAtLink, useLink } from "~/notifications/magic-link.server";
import { askForPortalLink, putPortalLink } from "~/notifications/portal-link.server";

import { portalHome } from "../subscriptions.server";
import { endedLinkPage, freshIntent, linkPage, MAIL_INTENT, openIntent, sentPage, signInPage } from "./door-pages";
import { listPage } from "./list-page";
import { messagePage } from "./door-pages";
import { isFirstUse } from "./replay.server";
import { createSession } from "./session.server";
import type { LinkSession } from "./session.server";
import { answer, frameOf, isOurForm } from "./visit.server";
import type { Answer, Visit } from "./visit.server";

const emailAddress = z.email().max(254);

const FORBIDDEN = 403;

/** The page on which a link can be asked for. The answer is the same whether the address is known or not. */
export async function signInVisit(visit: Visit): Promise<Answer> {
  const { ctx, frame, fields, visitor } = visit;
  if (fields?.step !== "mail") return answer(signInPage(frame));
  const typed = (fields.email ?? "").trim();
  if (!isOurForm(visit, null, "", MAIL_INTENT)) return answer(signInPage(frame, { email: typed }), FORBIDDEN);
  const email = emailAddress.safeParse(typed);
  if (!email.success) return answer(signInPage(frame, { email: typed, wrong: true }), 422);
  await askForPortalLink(ctx, visitor.shop, email.data, visitor.locale);
  return answer(sentPage(frame, email.data));
}

/** A link from an e-mail: GET shows a button, POST uses the link up and opens the portal. */
export async function linkVisit(visit: Visit, token: string): Promise<Answer> {
  const { ctx, proxy, frame, fields, visitor } = visit;
  const { shop } = visitor;
  const looked = await lookAtLink(ctx, shop, token, proxy.realClock);
  if (looked.state === "UNKNOWN") return answer(messagePage(frame, "notFound"), 404);

  if (fields?.step === "fresh" && looked.state === "ENDED") {
    if (!isOurForm(visit, null, "", freshIntent(token))) return answer(endedLinkPage(frame, token), FORBIDDEN);
    await putPortalLink(ctx, shop, looked.customerId, visitor.locale);
    return answer(sentPage(frame, null));
  }
  if (looked.state === "ENDED") return answer(endedLinkPage(frame, token), 410);
  if (fields?.step !== "open") return answer(linkPage(frame, token), 200, NO_REFERRER);
  if (!isOurForm(visit, null, "", openIntent(token))) return answer(linkPage(frame, token), FORBIDDEN, NO_REFERRER);
  if (!(await isFirstUse(ctx, proxy.realClock, visitor.signature))) return answer(endedLinkPage(frame, token), 409);

  const used = await useLink(ctx, shop, token, proxy.realClock);
  if (used.state !== "GOOD") return answer(endedLinkPage(frame, token), 410);
  const session: LinkSession = { shopId: shop.id, customerId: used.customerId, purpose: used.purpose };
  const made = { token: createSession(proxy.secret, proxy.realClock, session), session };
  const home = await portalHome(ctx, { shop, customerId: used.customerId, locale: visitor.locale });
  return answer(listPage(frameOf(proxy, visitor, used.customerId, made), home));
}

/** The address of this page is a key: it is told to nobody whom the page links to. */
const NO_REFERRER = { "Referrer-Policy": "no-referrer" };
