import { BlockStack, Card, Text } from "@shopify/polaris";

import { useFormat, useT } from "~/ui/i18n";

import type { RecoveryView } from "../overview/views";
import { amountText } from "./amount-text";

/** What trying again has brought. */
export function RecoveryCard({ recovery }: { recovery: RecoveryView }) {
  const t = useT();
  const format = useFormat();
  const { recovered, lost, ofHundred } = recovery;
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingMd">
          {t("billing.recoveryTitle", { days: recovery.days })}
        </Text>
        {ofHundred === null ? (
          <Text as="p" tone="subdued">
            {t("billing.recoveryNone")}
          </Text>
        ) : (
          <>
            {recovered.count > 0 ? (
              <>
                <Text as="p" variant="headingLg">
                  {amountText(recovered.amount, format)}
                </Text>
                <Text as="p">{t("billing.recovered", { count: recovered.count })}</Text>
              </>
            ) : (
              <Text as="p">{t("billing.recoveredZero")}</Text>
            )}
            <Text as="p" tone="subdued">
              {t("billing.ofHundred", { share: ofHundred })}
              {lost.count > 0
                ? ` ${t("billing.lost", { count: lost.count, amount: amountText(lost.amount, format) })}`
                : ""}
            </Text>
          </>
        )}
      </BlockStack>
    </Card>
  );
}
