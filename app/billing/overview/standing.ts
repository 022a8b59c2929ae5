import type { ChargeState } from "~/generated/prisma/enums";

import { DECLINES } from "../decline";
import type { DeclineClass } from "../decline";
import { dunningPlan, SPACING_MS } from "../dunning";
import type { DunningSettings } from "../dunning";
import type { Stage, StandingView } from "./views";

/** Where a charge that was not paid stands and what comes next, for people to read: pure. */

export interface Unpaid {
  state: ChargeState;
  errorCode: string | null;
  declineClass: string | null;
  firstFailedAt: Date | null;
  declines: number;
  nextActionAt: Date | null;
  dunningEndsAt: Date | null;
  nextActionUrl: string | null;
}

const classes: readonly string[] = [...new Set(Object.values(DECLINES).map((decline) => decline.class))];
const isClass = (name: string | null): name is DeclineClass => name !== null && classes.includes(name);

/** @returns null for a charge that is neither declined nor waiting for the shopper's approval */
export function standingOf(charge: Unpaid, attempts: number, settings: DunningSettings): StandingView | null {
  const stage = stageOf(charge);
  if (!stage) return null;
  const plan = planOf(charge, settings);
  const byTries = stage === "RETRIES";
  const ends = byTries ? plan.at(-1) : stage === "OVER" ? null : charge.dunningEndsAt;
  return {
    stage,
    errorCode: charge.errorCode,
    declineClass: isClass(charge.declineClass) ? charge.declineClass : null,
    tries: attempts,
    triesMax: byTries ? attempts + plan.length : null,
    nextTryAt: byTries || stage === "GATEWAY" ? (charge.nextActionAt?.toISOString() ?? null) : null,
    endsAt: ends?.toISOString() ?? null,
    url: charge.nextActionUrl,
  };
}

function stageOf({ state, declineClass, nextActionAt }: Unpaid): Stage | null {
  if (state === "ACTION_REQUIRED") return "APPROVAL";
  if (state !== "FAILED") return null;
  if (nextActionAt === null) return "OVER";
  if (declineClass === "EXPIRED" || declineClass === "HARD") return "NEW_CARD";
  return declineClass === "GATEWAY" ? "GATEWAY" : "RETRIES";
}

/** The tries that follow if each is declined, the next one first; its moment is the engine's own. */
export function planOf(charge: Unpaid, settings: DunningSettings): Date[] {
  const { nextActionAt: next, firstFailedAt, declineClass } = charge;
  if (stageOf(charge) !== "RETRIES" || !next) return [];
  if (!firstFailedAt || !isClass(declineClass)) return [next];
  const later = dunningPlan(declineClass, firstFailedAt, settings).tries.filter(
    (at) => at.getTime() >= next.getTime() + SPACING_MS,
  );
  const left = Math.max(1, settings.retryDays.length + 1 - charge.declines);
  return [next, ...later].slice(0, left);
}
