import type { PortalAlert } from "../../../app/portal/views";
import { loadSubscription } from "../../customer-account-shared/api";
import { t } from "../../customer-account-shared/text";
import { Opens, StepDialog } from "./dialog";
import { Failed, Loading } from "./loading";
import { Contents, Delivery, Leaving, Orders, Payment, Schedule, Upcoming, type Part } from "./parts";
import { useLoaded } from "./use-loaded";
import { useSteps, type Steps } from "./use-steps";

export function Subscription({ id }: { id: string }) {
  const [loaded, reload] = useLoaded(() => loadSubscription(id), id);
  const steps = useSteps(loaded.state === "shown" ? loaded.view : null, reload);
  if (loaded.state === "loading") return <Loading heading={t("name")} />;
  if (loaded.state === "failed") return <Failed problem={loaded.problem} retry={() => void reload()} />;
  const { view } = loaded;
  const part: Part = { view, steps, may: (kind) => view.can.includes(kind) };
  return (
    <s-page heading={view.title} subheading={`${view.number} · ${view.frequencyText}`}>
      <s-button slot="breadcrumb-actions" href="extension:/">
        {t("allSubscriptions")}
      </s-button>
      {view.alert && <Alert alert={view.alert} steps={steps} />}
      {view.queued.length > 0 && (
        <s-banner tone="info" heading={t("waiting")}>
          {view.queued.map(({ text }) => (
            <s-paragraph key={text}>{text}</s-paragraph>
          ))}
        </s-banner>
      )}
      <s-section accessibilityLabel={t("state")}>
        <s-stack gap="small-200">
          <s-stack>
            <s-badge tone={view.status === "ACTIVE" ? "auto" : "neutral"}>{view.statusText}</s-badge>
          </s-stack>
          <s-text type="strong">{view.nextText}</s-text>
          <s-text>{view.amountText}</s-text>
          {view.terms.map((term) => (
            <s-text key={term} color="subdued">
              {term}
            </s-text>
          ))}
        </s-stack>
      </s-section>
      <Upcoming {...part} />
      <Contents {...part} />
      <Schedule {...part} />
      <Delivery {...part} />
      <Payment {...part} />
      <Orders {...part} />
      <Leaving {...part} />
      <StepDialog view={view} steps={steps} />
    </s-page>
  );
}

/** A failing payment stands above everything, with what helps. */
function Alert({ alert, steps }: { alert: PortalAlert; steps: Steps }) {
  const { action } = alert;
  return (
    <s-banner tone="critical" heading={alert.title}>
      {alert.text.map((sentence) => (
        <s-paragraph key={sentence}>{sentence}</s-paragraph>
      ))}
      {action !== null &&
        ("url" in action ? (
          <s-button variant="primary" href={action.url} target="_blank">
            {action.label}
          </s-button>
        ) : (
          <Opens label={action.label} variant="primary" onOpen={() => void steps.show({ kind: action.kind })} />
        ))}
    </s-banner>
  );
}
