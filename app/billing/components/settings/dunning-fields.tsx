import { BlockStack, Card, ChoiceList, InlineGrid, Select, Text, TextField } from "@shopify/polaris";

import { useT } from "~/ui/i18n";

import { DUNNING_ENDS, MISSED_CYCLES } from "../../settings/settings-form";
import type { FieldsProps } from "./fields";
import { useMoment } from "~/ui/use-moment";
import { useProblemText } from "./use-problem-text";

const HOURS_FROM = Array.from({ length: 24 }, (_, hour) => hour);
const LAST_HOUR = 24;

/** When a declined payment is tried again, and what happens if nothing helps. */
export function DunningFields({ form, problems, onChange }: FieldsProps) {
  const t = useT();
  const problemText = useProblemText(problems);

  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {t("billingSettings.dunningTitle")}
        </Text>
        <TextField
          label={t("billingSettings.retryDays")}
          helpText={t("billingSettings.retryDaysHelp")}
          suffix={t("billingSettings.days")}
          autoComplete="off"
          value={form.dunningRetryDays}
          error={problemText("dunningRetryDays")}
          onChange={(dunningRetryDays) => {
            onChange({ dunningRetryDays });
          }}
        />
        <WorkingHours form={form} problems={problems} onChange={onChange} />
        <TextField
          label={t("billingSettings.payDays")}
          helpText={t("billingSettings.payDaysHelp")}
          autoComplete="off"
          value={form.payDays}
          error={problemText("payDays")}
          onChange={(payDays) => {
            onChange({ payDays });
          }}
        />
        <TextField
          label={t("billingSettings.challengeDays")}
          helpText={t("billingSettings.challengeDaysHelp")}
          suffix={t("billingSettings.days")}
          inputMode="numeric"
          autoComplete="off"
          value={form.challengeDays}
          error={problemText("challengeDays")}
          onChange={(challengeDays) => {
            onChange({ challengeDays });
          }}
        />
        <ChoiceList
          title={t("billingSettings.endTitle")}
          choices={DUNNING_ENDS.map((value) => ({
            value,
            label: t(`billingSettings.end_${value}`),
            helpText: t(`billingSettings.end_${value}Help`),
          }))}
          selected={[form.dunningEnd]}
          onChange={([chosen]) => {
            const dunningEnd = DUNNING_ENDS.find((each) => each === chosen);
            if (dunningEnd) onChange({ dunningEnd });
          }}
        />
        <ChoiceList
          title={t("billingSettings.missedTitle")}
          choices={MISSED_CYCLES.map((value) => ({
            value,
            label: t(`billingSettings.missed_${value}`),
            helpText: t(`billingSettings.missed_${value}Help`),
          }))}
          selected={[form.missedCycles]}
          onChange={([chosen]) => {
            const missedCycles = MISSED_CYCLES.find((each) => each === chosen);
            if (missedCycles) onChange({ missedCycles });
          }}
        />
        <Text as="p" tone="subdued">
          {t("billingSettings.appliesNext")}
        </Text>
      </BlockStack>
    </Card>
  );
}

function WorkingHours({ form, problems, onChange }: FieldsProps) {
  const t = useT();
  const moment = useMoment();
  const problemText = useProblemText(problems);
  const label = (hour: number) => (hour === LAST_HOUR ? t("billingSettings.midnight") : moment.hour(hour));
  const options = (hours: readonly number[]) => hours.map((hour) => ({ value: String(hour), label: label(hour) }));

  return (
    <BlockStack gap="100">
      <InlineGrid columns={2} gap="400">
        <Select
          label={t("billingSettings.hoursFrom")}
          options={options(HOURS_FROM)}
          value={String(form.dunningHourFrom)}
          onChange={(hour) => {
            onChange({ dunningHourFrom: Number(hour) });
          }}
        />
        <Select
          label={t("billingSettings.hoursTo")}
          options={options(HOURS_FROM.map((hour) => hour + 1))}
          value={String(form.dunningHourTo)}
          error={problemText("dunningHourTo")}
          onChange={(hour) => {
            onChange({ dunningHourTo: Number(hour) });
          }}
        />
      </InlineGrid>
      <Text as="p" tone="subdued">
        {t("billingSettings.hoursHelp")}
      </Text>
    </BlockStack>
  );
}
