import type { PortalAction, Preview, Problem, Receipt } from "../../app/portal/actions";
import type { LeavingStart, LeavingStep, Reason } from "../../app/portal/leaving";
import type { Choices, PortalHome, PortalSubscription } from "../../app/portal/views";
import { APP_URL } from "./app-url";

/** Longer than this nobody waits; the server answers within a second, or Shopify is slow. */
const PATIENCE_MS = 30_000;

export type Answered<Answer> = (Answer & { ok?: true }) | Problem;

export const isProblem = (answer: object): answer is Problem => "problem" in answer;

/** Said without the server, as it can't be reached. What was asked for may have been done all the same. */
const unreachable = (): Problem => ({
  ok: false,
  problem: "SHOPIFY_UNAVAILABLE",
  title: shopify.i18n.translate("unreachable.title"),
  text: [shopify.i18n.translate("unreachable.text")],
  canQueue: false,
});

async function ask<Answer extends object>(path: string, body?: object): Promise<Answered<Answer>> {
  try {
    const url = new URL(`${APP_URL}/api/portal/${path}`);
    url.searchParams.set("locale", shopify.localization.language.value.isoCode);
    const response = await fetch(url.href, {
      method: body ? "POST" : "GET",
      headers: {
        Authorization: `Bearer ${await shopify.sessionToken.get()}`,
        ...(body ? { "Content-Type": "application/json" } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const answer = (await response.json()) as Answered<Answer>;
    return response.ok || isProblem(answer) ? answer : unreachable();
  } catch {
    return unreachable();
  }
}

const subscription = (id: string): string => `subscriptions/${encodeURIComponent(id)}`;

export const loadHome = (order?: string): Promise<Answered<PortalHome>> =>
  ask(order === undefined ? "home" : `home?order=${encodeURIComponent(order)}`);

export const loadSubscription = (id: string): Promise<Answered<PortalSubscription>> => ask(subscription(id));

export const loadChoices = (
  id: string,
  kind: string,
  about: { line?: string; country?: string } = {},
): Promise<Answered<Choices>> =>
  ask(`${subscription(id)}/choices?${new URLSearchParams({ kind, ...about }).toString()}`);

export const preview = (id: string, action: PortalAction): Promise<Answered<Preview>> =>
  ask(`${subscription(id)}/preview`, { action });

export interface Confirmation {
  action: PortalAction;
  seen: string;
  queue?: boolean;
  consentText?: string | null;
}

export const perform = (id: string, confirmation: Confirmation): Promise<Answered<Receipt>> =>
  ask(`${subscription(id)}/perform`, confirmation);

export const startLeaving = (id: string): Promise<Answered<LeavingStart>> => ask(`${subscription(id)}/leaving`, {});

export const giveReason = (
  id: string,
  leaving: string,
  reason: Reason | null,
  comment: string,
): Promise<Answered<LeavingStep>> => ask(`${subscription(id)}/leaving/${leaving}/reason`, { reason, comment });
