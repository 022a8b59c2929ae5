import { BlockStack, Card, InlineStack, ProgressBar, Text } from "@shopify/polaris";

import { useFormat, useT } from "~/ui/i18n";
import type { TextKey } from "~/ui/texts";

import { doneToday } from "../overview/today";
import type { Tally, TodayView } from "../overview/views";
import { amountText } from "./amount-text";

const TITLE = "billing-today";

/** How far today's renewals have come; the bar moves while a run goes on. */
export function TodayCard({ today, held }: { today: TodayView; held: boolean }) {
  const t = useT();
  const done = doneToday(today);
  const { count } = today.all;
  const rows: [TextKey, Tally][] = [
    ["billing.charged", today.charged],
    ["billing.underWay", today.underWay],
    [held ? "billing.kept" : "billing.later", today.later],
    ["billing.failed", today.failed],
    ["billing.approval", today.approval],
    ["billing.parked", today.parked],
  ];
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd" id={TITLE}>
          {t("billing.todayTitle")}
        </Text>
        {count === 0 ? (
          <Text as="p" tone="subdued">
            {t("billing.todayNone")}
          </Text>
        ) : (
          <>
            <Text as="p" variant="headingLg">
              {t("billing.todayProgress", { done, count })}
            </Text>
            <ProgressBar progress={(100 * done) / count} size="small" ariaLabelledBy={TITLE} />
            {today.running && !held ? (
              <Text as="p" tone="subdued">
                {t("billing.todayRunning")}
                {today.paced ? ` ${t("billing.paced")}` : ""}
              </Text>
            ) : null}
            <ul className="pn-list">
              {rows
                .filter(([, tally]) => tally.count > 0)
                .map(([key, tally]) => (
                  <li key={key}>
                    <Row label={t(key)} tally={tally} />
                  </li>
                ))}
            </ul>
          </>
        )}
      </BlockStack>
    </Card>
  );
}

function Row({ label, tally }: { label: string; tally: Tally }) {
  const t = useT();
  const format = useFormat();
  return (
    <InlineStack align="space-between" gap="200">
      <Text as="span">
        {label}: <strong>{format.number(tally.count)}</strong>
      </Text>
      <Text as="span" tone="subdued" numeric>
        {t("billing.beforeTax", { amount: amountText(tally.amount, format) })}
      </Text>
    </InlineStack>
  );
}
