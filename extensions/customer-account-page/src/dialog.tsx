import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

import type { Preview, Receipt } from "../../../app/portal/actions";
import type { LeavingStart, LeavingStep } from "../../../app/portal/leaving";
import type { PortalSubscription } from "../../../app/portal/views";
import { t } from "../../customer-account-shared/text";
import { chooseHeading, Choose } from "./choose";
import { choiceIn, isChecked, valueIn } from "./event-values";
import { ProblemBanner } from "./loading";
import type { Steps } from "./use-steps";

export const DIALOG = "step";

/** Opens the dialog, and so returns to it when the dialog closes: focus is the host's business. */
export function Opens(props: {
  label: string;
  about?: string;
  onOpen: () => void;
  variant?: "primary" | "secondary";
  tone?: "critical";
}) {
  const { label, about, onOpen, variant = "secondary", tone } = props;
  return (
    <s-button
      command="--show"
      commandFor={DIALOG}
      variant={variant}
      onClick={onOpen}
      {...(tone ? { tone } : {})}
      {...(about === undefined ? {} : { accessibilityLabel: `${label}: ${about}` })}
    >
      {label}
    </s-button>
  );
}

export function StepDialog({ view, steps }: { view: PortalSubscription; steps: Steps }) {
  const { step } = steps;
  return (
    <s-modal id={DIALOG} heading={headingOf(steps)} onHide={steps.close}>
      {step.at === "waiting" && (
        <s-stack direction="inline" gap="base" accessibilityRole="status">
          <s-spinner accessibilityLabel={t("loading")} />
          <s-text>{t("loading")}</s-text>
        </s-stack>
      )}
      {step.at === "choose" && (
        <Choose view={view} chosen={step.chosen} typed={step.typed} onChosen={(action) => void steps.show(action)} />
      )}
      {step.at === "preview" && <Shown shown={step.preview} steps={steps} />}
      {step.at === "receipt" && <Done receipt={step.receipt} view={view} steps={steps} />}
      {step.at === "problem" && (
        <s-stack gap="base">
          <ProblemBanner problem={step.problem} />
          <Buttons>
            {step.queue && (
              <s-button variant="primary" onClick={() => void step.queue?.()}>
                {t("queue")}
              </s-button>
            )}
            <Close label={t("close")} />
          </Buttons>
        </s-stack>
      )}
      {step.at === "reason" && <Reason start={step.start} steps={steps} />}
      {step.at === "leave" && <Leave step={step.step} view={view} steps={steps} />}
    </s-modal>
  );
}

function headingOf({ step }: Steps): string {
  switch (step.at) {
    case "choose":
      return chooseHeading(step.chosen);
    case "preview":
      return step.preview.title;
    case "receipt":
      return step.receipt.title;
    case "problem":
      return step.problem.title;
    case "reason":
      return step.start.title;
    case "leave":
      return step.step.way.title;
    case "waiting":
    case "closed":
      return t("loading");
  }
}

function Sentences({ text }: { text: readonly string[] }) {
  return (
    <s-stack gap="small-200" accessibilityRole="status">
      {text.map((sentence) => (
        <s-paragraph key={sentence}>{sentence}</s-paragraph>
      ))}
    </s-stack>
  );
}

const Buttons = ({ children }: { children: ComponentChildren }) => (
  <s-stack direction="inline" gap="small-200">
    {children}
  </s-stack>
);

const Close = ({ label }: { label: string }) => (
  <s-button command="--hide" commandFor={DIALOG}>
    {label}
  </s-button>
);

/** The exact effect, before the click. */
function Shown({ shown, steps }: { shown: Preview; steps: Steps }) {
  const { consent } = shown;
  const [agreed, setAgreed] = useState(false);
  const [missing, setMissing] = useState(false);
  const confirm = () => {
    if (consent !== null && !agreed) setMissing(true);
    else void steps.confirm(shown.action, shown);
  };
  return (
    <s-stack gap="base">
      <Sentences text={shown.effect} />
      {consent !== null && (
        <s-checkbox
          label={consent}
          checked={agreed}
          required
          {...(missing && !agreed ? { error: t("consentMissing") } : {})}
          onChange={(event) => setAgreed(isChecked(event))}
        />
      )}
      <Buttons>
        <s-button variant="primary" onClick={confirm}>
          {shown.confirmLabel}
        </s-button>
        <Close label={t("back")} />
      </Buttons>
    </s-stack>
  );
}

function Done({ receipt, view, steps }: { receipt: Receipt; view: PortalSubscription; steps: Steps }) {
  const { undo } = receipt;
  return (
    <s-stack gap="base">
      <Sentences text={receipt.text} />
      <Buttons>
        <Close label={t("close")} />
        {undo && (
          <s-button onClick={() => void steps.confirm(undo.action, { seen: view.seen, consent: null })}>
            {undo.label}
          </s-button>
        )}
      </Buttons>
    </s-stack>
  );
}

const NO_REASON = "";

/** A reason is asked for and not demanded. */
function Reason({ start, steps }: { start: LeavingStart; steps: Steps }) {
  const [reason, setReason] = useState(NO_REASON);
  const [comment, setComment] = useState("");
  const given = start.reasons.find(({ key }) => key === reason)?.key ?? null;
  return (
    <s-stack gap="base">
      <s-paragraph>{start.lead}</s-paragraph>
      <s-choice-list
        label={start.reasonsLabel}
        values={reason === NO_REASON ? [] : [reason]}
        onChange={(event) => setReason(choiceIn(event))}
      >
        {start.reasons.map(({ key, label }) => (
          <s-choice key={key} value={key}>
            {label}
          </s-choice>
        ))}
      </s-choice-list>
      <s-text-area
        label={start.commentLabel}
        maxLength={1000}
        rows={2}
        value={comment}
        onChange={(event) => setComment(valueIn(event))}
      />
      <Buttons>
        <s-button variant="primary" onClick={() => void steps.because(start.leaving, given, comment)}>
          {start.continueLabel}
        </s-button>
        <Close label={start.way.keepLabel} />
      </Buttons>
    </s-stack>
  );
}

/** At most one offer, and the way out beside it with a button of the same weight. */
function Leave({ step, view, steps }: { step: LeavingStep; view: PortalSubscription; steps: Steps }) {
  const { offer, way, leaving } = step;
  return (
    <s-stack gap="base">
      {offer && (
        <s-section heading={offer.title}>
          <Sentences text={offer.text} />
          <s-paragraph color="subdued">{offer.consent}</s-paragraph>
          <s-button
            variant="primary"
            onClick={() =>
              void steps.confirm({ kind: "accept-offer", leaving }, { seen: view.seen, consent: offer.consent })
            }
          >
            {offer.acceptLabel}
          </s-button>
        </s-section>
      )}
      <Sentences text={way.effect} />
      <Buttons>
        <s-button
          variant="primary"
          onClick={() => void steps.confirm({ kind: "cancel", leaving }, { seen: view.seen, consent: null })}
        >
          {way.confirmLabel}
        </s-button>
        <Close label={way.keepLabel} />
      </Buttons>
    </s-stack>
  );
}
