import { BlockStack, Button, InlineStack, Link, Text } from "@shopify/polaris";

import type { BillingQuestion } from "~/billing/components/billing-questions";
import { planEndText, standingText } from "~/billing/components/standing-text";
import type { ChargeDetail, StandingView } from "~/billing/overview/views";
import type { DunningEnd } from "~/generated/prisma/enums";
import { asSentence } from "~/lib/format";
import { useFormat, useT } from "~/ui/i18n";

import { declineText } from "./decline-text";

interface FailedChargeProps {
  charge: ChargeDetail;
  standing: StandingView;
  dunningEnd: DunningEnd;
  onAsk: (question: BillingQuestion) => void;
}

/** A payment that was declined or waits for approval: why, what comes by itself, and what a person can do. */
export function FailedCharge({ charge, standing, dunningEnd, onAsk }: FailedChargeProps) {
  const t = useT();
  const format = useFormat();
  const { id, expectedAt, expectedAmount: amount, plan } = charge;
  const { stage } = standing;
  return (
    <BlockStack gap="200" inlineAlign="start">
      {stage === "APPROVAL" ? null : <Text as="p">{asSentence(declineText(standing.errorCode, t))}.</Text>}
      <Text as="p" tone="subdued">
        {standingText(standing, t, format)}
      </Text>
      {plan.length > 0 ? (
        <div>
          <Text as="p" fontWeight="medium">
            {t("standing.planTitle")}
          </Text>
          <ul className="pn-list pn-list--close">
            {plan.map((at, index) => (
              <li key={at}>
                {t("contracts.attempt", { number: standing.tries + index + 1, at: format.dateTime(at) })}
              </li>
            ))}
          </ul>
          <Text as="p" tone="subdued">
            {planEndText(dunningEnd, t)}
          </Text>
        </div>
      ) : null}
      <InlineStack gap="300" blockAlign="center">
        {stage === "APPROVAL" ? null : (
          <Button
            onClick={() => {
              onAsk({ act: "retry", chargeId: id, expectedAt, amount, stage });
            }}
          >
            {t("billing.retry")}
          </Button>
        )}
        {standing.url ? (
          <Link url={standing.url} target="_blank">
            {t("billing.approvalLink")}
          </Link>
        ) : null}
      </InlineStack>
    </BlockStack>
  );
}
