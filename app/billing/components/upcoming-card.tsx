import { BlockStack, Card, Link, Text } from "@shopify/polaris";

import { DayChart } from "~/ui/day-chart";
import { useFormat, useT } from "~/ui/i18n";

import type { BillingOverview } from "../overview/views";
import { amountText } from "./amount-text";

/** The renewals of the next thirty days and what they are expected to bring. */
export function UpcomingCard({ overview }: { overview: Pick<BillingOverview, "upcoming" | "upcomingAmount"> }) {
  const t = useT();
  const format = useFormat();
  const { upcoming, upcomingAmount } = overview;
  return (
    <Card>
      <BlockStack gap="300">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            {t("billing.upcomingTitle")}
          </Text>
          {upcomingAmount.count > 0 ? (
            <Text as="p" tone="subdued">
              {t("billing.upcoming", {
                count: upcomingAmount.count,
                amount: amountText(upcomingAmount.amount, format),
              })}
            </Text>
          ) : (
            <Text as="p" tone="subdued">
              {t("billing.upcomingNone")} <Link url="/app/plans">{t("billing.upcomingNoneButton")}</Link>
            </Text>
          )}
        </BlockStack>
        {upcomingAmount.count > 0 ? (
          <DayChart
            label={t("billing.upcomingTitle")}
            series={[{ name: t("billing.upcomingSeries"), tone: "info" }]}
            days={upcoming.map(({ date, count, amount }) => ({
              date,
              values: [count],
              ...(count > 0 ? { detail: amountText(amount, format) } : {}),
            }))}
            detailTitle={t("billing.upcomingAmount")}
          />
        ) : null}
      </BlockStack>
    </Card>
  );
}
