import { isEnded } from "~/contracts/cycle-rules";
import { deliveryMethodOf } from "~/contracts/delivery";

import type { PortalActionKind, PortalProblem } from "./actions";
import { failingOf, hasPaymentMethod } from "./alert";
import { openCycles } from "./amounts";
import { preferencesOf } from "./preferences";
import { isToEnd } from "./queued";
import { ACTION_KINDS, SWITCHABLE } from "./settings";
import type { Subject } from "./subject";

/** Leaving has steps of its own (leaving.ts): what an offer allows is decided there. */
const WHEN_ENDED: readonly PortalActionKind[] = ["restart"];
/** A paused subscription may still be changed in what it will be; what is about its next delivery needs one. */
const WHEN_PAUSED: readonly PortalActionKind[] = [
  "pause",
  "resume",
  "frequency",
  "quantity",
  "swap",
  "preferences",
  "add-line",
  "remove-line",
  "remove-one-off",
  "address",
  "delivery-method",
  "discount-code",
  "remove-discount",
  "payment-method",
  "retry-payment",
  "accept-offer",
  "cancel",
];

const switchable: readonly string[] = SWITCHABLE;

const isSwitchedOff = ({ settings }: Subject, kind: PortalActionKind): boolean =>
  switchable.includes(kind) && settings.switchedOff.some((off) => off === kind);

/** Why a kind of action can't be done at all now; null if it may be. The action itself may still be refused. */
export function refusalOf(subject: Subject, kind: PortalActionKind): PortalProblem | null {
  const { row, view } = subject;
  if (isEnded(row.status) || row.goneAt !== null) {
    if (!WHEN_ENDED.includes(kind)) return "ALREADY_ENDED";
  } else if (WHEN_ENDED.includes(kind)) return "NOT_OFFERED";
  if (isSwitchedOff(subject, kind)) return "NOT_OFFERED";
  if (row.status === "PAUSED" || row.status === "FAILED") {
    if (!WHEN_PAUSED.includes(kind)) return "NOT_ACTIVE";
  }
  switch (kind) {
    case "resume":
      // What dunning has paused goes on with the payment that is missing.
      if (row.status !== "PAUSED" && row.status !== "FAILED") return "NOT_OFFERED";
      return row.dunningPausedAt === null ? null : "NOT_OFFERED";
    case "pause":
      return row.status === "FAILED" || row.dunningPausedAt !== null ? "NOT_ACTIVE" : null;
    case "order-now": {
      const [next] = openCycles(subject);
      const cycle = subject.cycles.find(({ cycleIndex }) => cycleIndex === next?.cycleIndex);
      if (view.renewalRunning) return "RENEWAL_RUNNING";
      return cycle && cycle.startAt <= subject.now ? null : "TOO_LATE";
    }
    case "skip":
      return view.upcoming.some(({ canSkip }) => canSkip) ? null : "TOO_LATE";
    case "unskip":
      return view.upcoming.some(({ canUnskip }) => canUnskip) ? null : "TOO_LATE";
    case "preferences":
      return row.lines.some((line) => preferencesOf(subject, line).length > 0) ? null : "NOT_OFFERED";
    case "add-line":
      return subject.swapOptions.some(({ forAdd }) => forAdd) ? null : "NOT_OFFERED";
    case "add-one-off":
      return subject.swapOptions.some(({ forOneOff }) => forOneOff) ? null : "NOT_OFFERED";
    case "remove-line":
      return row.lines.length > 1 ? null : "LAST_LINE";
    case "remove-one-off":
      return subject.oneOffs.length > 0 ? null : "NOT_FOUND";
    case "remove-discount":
      return subject.discounts.length > 0 ? null : "NOT_FOUND";
    case "address":
      return row.shippingAddress === null ? "NOT_OFFERED" : null;
    case "delivery-method":
      return deliveryMethodOf(row) === null ? "NOT_OFFERED" : null;
    case "payment-method":
      return hasPaymentMethod(subject) ? null : "NO_PAYMENT_METHOD";
    case "retry-payment":
      if (view.renewalRunning) return "RENEWAL_RUNNING";
      return failingOf(subject)?.charge.state === "FAILED" ? null : "NOT_OFFERED";
    case "move":
    case "move-back":
    case "frequency":
    case "quantity":
    case "swap":
    case "discount-code":
    case "restart":
    case "accept-offer":
      return null;
    case "cancel":
      return isToEnd(row) ? "RENEWAL_RUNNING" : null;
  }
}

/** Follow from what was done just before, and are offered there alone. */
const FOLLOWING: readonly PortalActionKind[] = ["move-back", "accept-offer"];

/** What may be done now; a failing last attempt or a missing choice is told when it is asked for. */
export const allowedKinds = (subject: Subject): PortalActionKind[] =>
  ACTION_KINDS.filter((kind) => !FOLLOWING.includes(kind) && refusalOf(subject, kind) === null);
