import { z } from "zod";

import { choicesFor } from "../choices.server";
import { portalAction } from "../actions";
import type { PortalAction, PortalActionKind, Preview, Problem, Receipt } from "../actions";
import { perform } from "../perform.server";
import { preview } from "../preview.server";
import { problem } from "../problem";
import { portalSubscription } from "../subscriptions.server";
import type { PortalSubscription } from "../views";
import { formPage, performIntent, previewIntent, previewPage, problemPage, receiptPage } from "./action-page";
import type { Confirmation } from "./action-page";
import { needsForm, readAction } from "./action-input";
import type { FieldError, Fields } from "./action-input";
import { signInPage } from "./door-pages";
import { notice } from "./frame";
import { messagePage } from "./door-pages";
import type { Place } from "./place";
import { isFirstUse } from "./replay.server";
import { subscriptionPage } from "./subscription-page";
import { answer, isOurForm } from "./visit.server";
import type { Answer, ShopperVisit } from "./visit.server";

/** What a link for putting a payment right may be used for. */
const PAYMENT_KINDS: ReadonlySet<PortalActionKind> = new Set<PortalActionKind>(["payment-method", "retry-payment"]);

const allowed = ({ frame }: ShopperVisit, kind: PortalActionKind): boolean =>
  frame.session?.purpose !== "payment" || PAYMENT_KINDS.has(kind);

/** The subscription with what may be done in this visit; null if the shopper has no such one. */
export async function subscriptionFor(visit: ShopperVisit, id: string): Promise<PortalSubscription | null> {
  const found = await portalSubscription(visit.ctx, visit.shopper, id);
  return found && { ...found, can: found.can.filter((kind) => allowed(visit, kind)) };
}

export const notFound = ({ frame }: ShopperVisit): Answer => answer(messagePage(frame, "notFound"), 404);

type ActionPlace = Extract<Place, { at: "action" }>;

/** A page of one action: its form, what it would do, or what it has done. */
export async function actionVisit(visit: ShopperVisit, place: ActionPlace): Promise<Answer> {
  if (!allowed(visit, place.kind)) return answer(signInPage(visit.frame), 403);
  const { fields } = visit;
  if (fields?.step === "perform") return performed(visit, place, fields);
  if (fields?.step === "preview") {
    if (!isOurForm(visit, visit.shopper.customerId, place.id, previewIntent(place.kind)))
      return expired(visit, place.id);
    return previewed(visit, place, fields);
  }
  return needsForm(place.kind) ? form(visit, place, null, {}, null) : previewed(visit, place, {});
}

async function previewed(visit: ShopperVisit, place: ActionPlace, fields: Fields): Promise<Answer> {
  const { ctx, shopper, frame } = visit;
  const read = readAction(place.kind, place.ref, fields);
  if (!read.ok) {
    // What the address alone says can't be put right in a form.
    return needsForm(place.kind) ? form(visit, place, fields, read.errors, null) : notFound(visit);
  }
  const effect = await preview(ctx, shopper, place.id, read.action);
  if (effect.ok) return answer(previewPage(frame, place.id, effect));
  return needsForm(place.kind) && place.kind !== "remove-discount" && effect.problem !== "NOT_FOUND"
    ? form(visit, place, fields, {}, effect)
    : refused(visit, place.id, effect);
}

async function form(
  visit: ShopperVisit,
  { id, kind, ref }: ActionPlace,
  typed: Fields | null,
  errors: Partial<Record<string, FieldError>>,
  wrong: Problem | null,
): Promise<Answer> {
  const { ctx, shopper, frame } = visit;
  const subscription = await subscriptionFor(visit, id);
  if (!subscription) return notFound(visit);
  if (!subscription.can.includes(kind)) return refused(visit, id, wrong ?? problem(shopper, "NOT_OFFERED"));
  const choices = await choicesFor(ctx, shopper, id, kind, { line: ref ?? undefined, country: typed?.countryCode });
  if (!choices.ok) return refused(visit, id, choices);
  const page = formPage(frame, kind, { subscription, choices, ref, typed, errors }, wrong);
  return answer(page, typed === null ? 200 : UNPROCESSABLE);
}

/** The form's content can't be carried out; it is shown again. */
const UNPROCESSABLE = 422;

const confirmation = z.object({
  action: portalAction,
  seen: z.string().max(500),
  consentText: z.string().max(5000).nullable(),
  queue: z.boolean(),
});

function confirmationIn(order: string): Confirmation | null {
  try {
    const read = confirmation.safeParse(JSON.parse(order));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

async function performed(visit: ShopperVisit, place: ActionPlace, fields: Fields): Promise<Answer> {
  const { ctx, proxy, shopper, frame, visitor } = visit;
  const { id } = place;
  const order = fields.order ?? "";
  const ordered = confirmationIn(order);
  if (ordered?.action.kind !== place.kind) return answer(messagePage(frame, "badLink"), 400);
  if (!isOurForm(visit, shopper.customerId, id, performIntent(order))) return expired(visit, id, ordered.action);
  if (needsConsent(ordered) && fields.consent !== "yes")
    return again(visit, id, ordered.action, { consentMissing: true });
  if (!(await isFirstUse(ctx, proxy.realClock, visitor.signature))) return repeated(visit, id);

  const { action, seen, queue, consentText } = ordered;
  const result = await perform(ctx, shopper, id, action, { seen, queue, consentText });
  if (result.ok) return receipt(visit, id, result);
  ctx.log.info({ shop: shopper.shop.domain, action: action.kind, problem: result.problem }, "portal: not changed");
  if (result.problem === "STALE" && ordered.queue === false) {
    return again(visit, id, action, { note: frame.t("problem.again"), instead: result });
  }
  return refused(visit, id, result, result.canQueue ? { ...ordered, queue: true } : null);
}

/** An offer is taken by a button that stands right under what is agreed to; everything else by a box. */
const needsConsent = ({ action, consentText }: Confirmation): boolean =>
  consentText !== null && action.kind !== "accept-offer";

async function receipt({ ctx, shopper, frame }: ShopperVisit, id: string, done: Receipt): Promise<Answer> {
  const undo = done.undo && (await preview(ctx, shopper, id, done.undo.action));
  if (!done.undo || !undo?.ok || undo.consent !== null) return answer(receiptPage(frame, id, done, null));
  const { action, seen, effect } = undo;
  return answer(
    receiptPage(frame, id, done, {
      label: done.undo.label,
      effect,
      confirmation: { action, seen, consentText: null, queue: false },
    }),
  );
}

const STATUS: Partial<Record<Problem["problem"], number>> = { NOT_FOUND: 404, TOO_MANY: 429, NOT_OFFERED: 403 };
const CONFLICT = 409;

function refused({ frame }: ShopperVisit, id: string, wrong: Problem, queue: Confirmation | null = null): Answer {
  const contractId = wrong.problem === "NOT_FOUND" ? null : id;
  return answer(problemPage(frame, contractId, wrong, queue), STATUS[wrong.problem] ?? CONFLICT);
}

/** What would happen now, because what was shown no longer holds. */
async function again(
  visit: ShopperVisit,
  id: string,
  action: PortalAction,
  { note, instead, consentMissing = false }: { note?: string; instead?: Problem; consentMissing?: boolean },
): Promise<Answer> {
  const { ctx, shopper, frame } = visit;
  const effect: Preview | Problem = await preview(ctx, shopper, id, action);
  if (!effect.ok) return refused(visit, id, instead ?? effect);
  const said = note === undefined ? {} : { note: notice("alert", frame.t("expired.title"), [note]) };
  return answer(previewPage(frame, id, effect, { ...said, consentMissing }), consentMissing ? UNPROCESSABLE : CONFLICT);
}

const FORBIDDEN = 403;

/** The form's token has run out, or was made for something else: nothing is done, and what is there is shown. */
export async function expired(visit: ShopperVisit, id: string, action?: PortalAction): Promise<Answer> {
  const { frame } = visit;
  if (action) {
    const shown = await again(visit, id, action, { note: frame.t("expired.text") });
    return { ...shown, status: shown.status === CONFLICT ? FORBIDDEN : shown.status };
  }
  return standing(visit, id, [frame.t("expired.title"), frame.t("expired.text")], FORBIDDEN);
}

const repeated = (visit: ShopperVisit, id: string): Promise<Answer> =>
  standing(visit, id, [visit.frame.t("repeated.title"), visit.frame.t("repeated.text")], CONFLICT);

/** The subscription's page as it stands now, with a sentence on top. */
async function standing(
  visit: ShopperVisit,
  id: string,
  [title, text]: readonly [string, string],
  status: number,
): Promise<Answer> {
  const subscription = await subscriptionFor(visit, id);
  if (!subscription) return notFound(visit);
  return answer(subscriptionPage(visit.frame, subscription, notice("alert", title, [text])), status);
}
