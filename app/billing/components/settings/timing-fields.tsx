import { BlockStack, Card, InlineGrid, Select, Text, TextField } from "@shopify/polaris";

import { useFrame, useT } from "~/ui/i18n";

import type { FieldsProps } from "./fields";
import { useMoment } from "~/ui/use-moment";
import { useProblemText } from "./use-problem-text";

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
const MINUTES_PER_HOUR = 60;
const WINDOWS = [0, 30, 60, 120, 240, 480, 720];

/** The hour of renewals, over how long they are spread, and how late they may be. */
export function TimingFields({ form, problems, onChange }: FieldsProps) {
  const t = useT();
  const { shop } = useFrame();
  const moment = useMoment();
  const problemText = useProblemText(problems);
  // A value set otherwise is kept as it is.
  const windows = [...new Set([...WINDOWS, form.billingWindowMinutes])].sort((a, b) => a - b);
  const windowLabel = (minutes: number) => {
    if (minutes === 0) return t("billingSettings.windowNone");
    return minutes % MINUTES_PER_HOUR === 0
      ? t("billingSettings.windowHours", { count: minutes / MINUTES_PER_HOUR })
      : t("billingSettings.windowMinutes", { count: minutes });
  };

  return (
    <Card>
      <BlockStack gap="400">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            {t("billingSettings.timingTitle")}
          </Text>
          <Text as="p" tone="subdued">
            {t("billingSettings.zone", { zone: shop.timeZone.replaceAll("_", " ") })}
          </Text>
        </BlockStack>
        <InlineGrid columns={{ xs: 1, sm: 2 }} gap="400">
          <Select
            label={t("billingSettings.billingHour")}
            helpText={t("billingSettings.billingHourHelp")}
            options={HOURS.map((hour) => ({ value: String(hour), label: moment.hour(hour) }))}
            value={String(form.billingHour)}
            onChange={(hour) => {
              onChange({ billingHour: Number(hour) });
            }}
          />
          <Select
            label={t("billingSettings.window")}
            helpText={t("billingSettings.windowHelp")}
            options={windows.map((minutes) => ({ value: String(minutes), label: windowLabel(minutes) }))}
            value={String(form.billingWindowMinutes)}
            onChange={(minutes) => {
              onChange({ billingWindowMinutes: Number(minutes) });
            }}
          />
        </InlineGrid>
        <TextField
          label={t("billingSettings.lateDays")}
          helpText={t("billingSettings.lateDaysHelp")}
          suffix={t("billingSettings.lateDaysSuffix")}
          inputMode="numeric"
          autoComplete="off"
          value={form.lateDaysMax}
          error={problemText("lateDaysMax")}
          onChange={(lateDaysMax) => {
            onChange({ lateDaysMax });
          }}
        />
      </BlockStack>
    </Card>
  );
}
