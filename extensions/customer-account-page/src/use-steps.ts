import { useState } from "preact/hooks";

import type { AddressInput, PortalAction, Preview, Problem, Receipt } from "../../../app/portal/actions";
import type { LeavingStart, LeavingStep, Reason } from "../../../app/portal/leaving";
import type { PortalCycle, PortalLine, PortalSubscription } from "../../../app/portal/views";
import {
  giveReason,
  isProblem,
  perform,
  preview,
  startLeaving,
  type Answered,
} from "../../customer-account-shared/api";

/** What something has to be chosen for before it can be shown what it does. */
export type Chosen =
  | { kind: "move"; cycle: PortalCycle }
  | { kind: "quantity" | "swap" | "preferences"; line: PortalLine }
  | { kind: "pause" | "frequency" | "add-line" | "add-one-off" | "address" | "delivery-method" | "discount-code" };

/** An address that can't be taken as it was typed, and what is wrong with its fields. */
export interface TypedAddress {
  address: AddressInput;
  problem: Problem;
}

/** A way of delivery with a phone number that can't be taken as it was typed. */
export interface TypedMethod {
  method: Extract<PortalAction, { kind: "delivery-method" }>;
  problem: Problem;
}

/** One dialog, one step at a time: choose, see what it does, confirm, receipt. */
export type Step =
  | { at: "closed" }
  | { at: "waiting" }
  | { at: "choose"; chosen: Chosen; typed?: TypedAddress | TypedMethod }
  | { at: "preview"; preview: Preview }
  | { at: "receipt"; receipt: Receipt }
  | { at: "problem"; problem: Problem; queue: (() => Promise<void>) | null }
  | { at: "reason"; start: LeavingStart }
  | { at: "leave"; step: LeavingStep };

export interface Steps {
  step: Step;
  choose: (chosen: Chosen) => void;
  /** Shows what an action does; nothing is changed. */
  show: (action: PortalAction) => Promise<void>;
  /** Carries out what a preview or the way out has shown. */
  confirm: (action: PortalAction, shown: { seen: string; consent: string | null }) => Promise<void>;
  leave: () => Promise<void>;
  because: (leaving: string, reason: Reason | null, comment: string) => Promise<void>;
  close: () => void;
}

/** @param reload brings the page up to date after something was done, or found to be otherwise */
export function useSteps(view: Pick<PortalSubscription, "id"> | null, reload: () => Promise<void>): Steps {
  const [step, setStep] = useState<Step>({ at: "closed" });
  const id = view?.id ?? "";

  async function next<Answer extends object>(
    answer: Promise<Answered<Answer>>,
    then: (answer: Answer) => Step,
    { queue = null, action }: { queue?: (() => Promise<void>) | null; action?: PortalAction } = {},
  ): Promise<void> {
    setStep({ at: "waiting" });
    const answered = await answer;
    if (!isProblem(answered)) {
      setStep(then(answered));
      return;
    }
    if (answered.fields && action?.kind === "address") {
      setStep({ at: "choose", chosen: { kind: "address" }, typed: { address: action.address, problem: answered } });
      return;
    }
    if (answered.fields && action?.kind === "delivery-method") {
      setStep({ at: "choose", chosen: { kind: action.kind }, typed: { method: action, problem: answered } });
      return;
    }
    setStep({ at: "problem", problem: answered, queue: answered.canQueue ? queue : null });
    if (answered.problem !== "SHOPIFY_UNAVAILABLE") await reload();
  }

  const carryOut = async (
    action: PortalAction,
    { seen, consent }: { seen: string; consent: string | null },
    queue: boolean,
  ): Promise<void> => {
    const again = queue ? null : () => carryOut(action, { seen, consent }, true);
    // Undo goes by what the page shows: it is brought up to date before anybody can press it.
    const done = perform(id, { action, seen, queue, consentText: consent }).finally(reload);
    await next(done, (receipt) => ({ at: "receipt", receipt }), { queue: again });
  };

  return {
    step,
    choose: (chosen) => setStep({ at: "choose", chosen }),
    show: (action) => next(preview(id, action), (shown) => ({ at: "preview", preview: shown }), { action }),
    confirm: (action, shown) => carryOut(action, shown, false),
    leave: () => next(startLeaving(id), (start) => ({ at: "reason", start })),
    because: (leaving, reason, comment) =>
      next(giveReason(id, leaving, reason, comment), (given) => ({ at: "leave", step: given })),
    close: () => setStep({ at: "closed" }),
  };
}
