import { Banner, BlockStack, Text } from "@shopify/polaris";

import { endText, standingText } from "~/billing/components/standing-text";
import { waitingText } from "~/billing/components/waiting-text";
import type { ChargeDetail, ContractBilling } from "~/billing/overview/views";
import { useFormat, useT } from "~/ui/i18n";

import type { ContractView } from "../views";
import { declineText } from "./decline-text";
import { parkedText } from "./parked-text";

/** Why a person should look at this subscription: what happened, what it means, and what comes by itself. */
export function AttentionBanner({ contract, billing }: { contract: ContractView; billing: ContractBilling }) {
  const t = useT();
  const failing = billing.charges.find(({ standing }) => standing !== null);
  switch (contract.attention) {
    case "PAYMENT_FAILED":
    case "PAYMENT_ACTION_REQUIRED":
      return failing ? (
        <Failing charge={failing} billing={billing} />
      ) : (
        <LongAgo contract={contract} approval={contract.attention === "PAYMENT_ACTION_REQUIRED"} />
      );
    case "PAYMENT_UNKNOWN":
      return <Banner tone="warning">{t("contracts.attentionUnknown")}</Banner>;
    case "CHARGE_PARKED":
      return <Parked charge={billing.charges.find(({ state }) => state === "PARKED")} />;
    case null:
      if (contract.renewalRunning) return <Banner tone="info">{t("contracts.renewalRunning")}</Banner>;
      return billing.wait ? <Waiting wait={billing.wait} /> : null;
  }
}

function Failing({ charge, billing }: { charge: ChargeDetail; billing: ContractBilling }) {
  const t = useT();
  const format = useFormat();
  const { standing } = charge;
  if (!standing) return null;
  const approval = standing.stage === "APPROVAL";
  const failedAt = charge.attempts.at(-1)?.completedAt ?? charge.expectedAt;
  return (
    <Banner
      tone={approval ? "warning" : "critical"}
      title={t(approval ? "attention.PAYMENT_ACTION_REQUIRED" : "attention.PAYMENT_FAILED")}
    >
      <BlockStack gap="100">
        {approval ? null : (
          <Text as="p">
            {t("contracts.attentionPaymentFailed", {
              date: format.date(failedAt),
              reason: declineText(standing.errorCode, t),
            })}
          </Text>
        )}
        <Text as="p">
          {billing.dunningPausedAt ? `${t("standing.paused")} ` : ""}
          {standingText(standing, t, format)}
        </Text>
        {standing.stage === "OVER" ? null : (
          <Text as="p">
            {standing.stage === "RETRIES" ? `${endText(billing.dunningEnd, t)} ` : ""}
            {t("standing.heldOrders")}
          </Text>
        )}
      </BlockStack>
    </Banner>
  );
}

/** Known from Shopify alone: nothing in the ledger is behind it. */
function LongAgo({ contract, approval }: { contract: ContractView; approval: boolean }) {
  const t = useT();
  const format = useFormat();
  if (approval) return <Banner tone="warning">{t("contracts.attentionActionRequired")}</Banner>;
  const reason = declineText(contract.paymentErrorCode, t);
  const at = contract.paymentFailedAt;
  return (
    <Banner tone="critical" title={t("attention.PAYMENT_FAILED")}>
      <Text as="p">
        {at
          ? t("contracts.attentionPaymentFailed", { date: format.date(at), reason })
          : t("contracts.attentionPaymentFailedNoDate", { reason })}{" "}
        {t("contracts.attentionOld")}
      </Text>
    </Banner>
  );
}

function Parked({ charge }: { charge: ChargeDetail | undefined }) {
  const t = useT();
  const format = useFormat();
  return (
    <Banner tone="critical" title={t("attention.CHARGE_PARKED")}>
      <BlockStack gap="100">
        {charge ? (
          <Text as="p">
            {t("contracts.attentionParkedReason", {
              date: format.date(charge.expectedAt),
              reason: parkedText(charge.parkedReason, t),
            })}
          </Text>
        ) : null}
        <Text as="p">{t("contracts.attentionParked")}</Text>
      </BlockStack>
    </Banner>
  );
}

function Waiting({ wait }: { wait: NonNullable<ContractBilling["wait"]> }) {
  const t = useT();
  const format = useFormat();
  return (
    <Banner tone="info" title={t("contracts.waitTitle", { date: format.date(wait.expectedAt) })}>
      <Text as="p">
        {waitingText(wait.reason, wait.missing, t, format)}{" "}
        {t("billing.waitingAgain", { at: format.dateTime(wait.until) })}
      </Text>
    </Banner>
  );
}
