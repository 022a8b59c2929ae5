import { BlockStack, Card, Text } from "@shopify/polaris";

import { useFormat, useT } from "~/ui/i18n";

import type { HomeFigures } from "../views";

type Day = HomeFigures["renewals"]["byDay"][number];

/** How many renewals each of the next seven days brings and what they are expected to take. */
export function RenewalsCard({ renewals }: { renewals: HomeFigures["renewals"] }) {
  const t = useT();
  const format = useFormat();
  const highest = Math.max(1, ...renewals.byDay.map(({ count }) => count));
  return (
    <Card>
      <BlockStack gap="400">
        <BlockStack gap="100">
          <Text as="h2" variant="headingSm">
            {t("home.renewalsTitle")}
          </Text>
          <Text as="p" variant="headingLg">
            {t("home.renewals", { count: renewals.count })}
          </Text>
          {renewals.count > 0 ? (
            <Text as="p" tone="subdued">
              {t("home.expected", { amount: format.list(renewals.expected.map(format.money)) })}
            </Text>
          ) : null}
        </BlockStack>
        {renewals.count > 0 ? (
          <ul className="pn-bars" aria-label={t("home.chartLabel")}>
            {renewals.byDay.map((day) => (
              <Bar key={day.date} day={day} highest={highest} />
            ))}
          </ul>
        ) : null}
      </BlockStack>
    </Card>
  );
}

/** The bar is a picture; the day's words are read out in its place and shown when it is pointed at. */
function Bar({ day, highest }: { day: Day; highest: number }) {
  const t = useT();
  const format = useFormat();
  const values = { date: format.day(day.date), renewals: t("home.renewals", { count: day.count }) };
  const words =
    day.count > 0
      ? t("home.chartDayAmount", { ...values, amount: format.list(day.expected.map(format.money)) })
      : t("home.chartDay", values);
  return (
    <li className="pn-bars__day" title={words}>
      <Text as="span" visuallyHidden>
        {words}
      </Text>
      <span aria-hidden="true">
        <Text as="span" variant="bodySm" numeric>
          {day.count}
        </Text>
      </span>
      <div className="pn-bars__track" aria-hidden="true">
        <div
          className={day.count > 0 ? "pn-bars__bar" : "pn-bars__bar pn-bars__bar--none"}
          style={{ height: `${(day.count / highest) * 100}%` }}
        />
      </div>
      <span aria-hidden="true">
        <Text as="span" tone="subdued" variant="bodySm" alignment="center">
          {format.weekday(day.date)}
        </Text>
      </span>
    </li>
  );
}
