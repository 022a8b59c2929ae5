import { Banner, BlockStack, Text } from "@shopify/polaris";

import { useFormat, useT } from "~/ui/i18n";

import type { ContractView } from "../views";
import { declineText } from "./decline-text";

/** Why a person should look at this subscription: what happened and what it means. */
export function AttentionBanner({ contract }: { contract: ContractView }) {
  const t = useT();
  const format = useFormat();
  const { attention, paymentFailedAt, paymentErrorCode } = contract;
  switch (attention) {
    case "PAYMENT_FAILED": {
      const reason = declineText(paymentErrorCode, t);
      return (
        <Banner tone="critical" title={t("attention.PAYMENT_FAILED")}>
          <BlockStack gap="100">
            <Text as="p">
              {paymentFailedAt
                ? t("contracts.attentionPaymentFailed", { date: format.date(paymentFailedAt), reason })
                : t("contracts.attentionPaymentFailedNoDate", { reason })}
            </Text>
            <Text as="p">{t("contracts.attentionOld")}</Text>
          </BlockStack>
        </Banner>
      );
    }
    case "PAYMENT_ACTION_REQUIRED":
      return <Banner tone="warning">{t("contracts.attentionActionRequired")}</Banner>;
    case "PAYMENT_UNKNOWN":
      return <Banner tone="warning">{t("contracts.attentionUnknown")}</Banner>;
    case "CHARGE_PARKED":
      return (
        <Banner tone="critical" title={t("attention.CHARGE_PARKED")}>
          {t("contracts.attentionParked")}
        </Banner>
      );
    case null:
      return contract.renewalRunning ? <Banner tone="info">{t("contracts.renewalRunning")}</Banner> : null;
  }
}
