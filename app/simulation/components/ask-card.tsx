import { BlockStack, Button, Card, Select, Text, TextField } from "@shopify/polaris";

import { DUNNING_ENDS, MISSED_CYCLES } from "~/billing/settings/settings-form";
import { useMoment } from "~/ui/use-moment";
import { useT } from "~/ui/i18n";

import { COMPARISONS, HOURS, problemAt } from "../time-machine-form";
import type { TimeMachineField, TimeMachineForm, TimeMachineProblem } from "../time-machine-form";

interface AskCardProps {
  form: TimeMachineForm;
  problems: TimeMachineProblem[];
  running: boolean;
  onChange: (changes: Partial<TimeMachineForm>) => void;
  onRun: () => void;
}

const LISTS: readonly TimeMachineField[] = ["dunningRetryDays", "payDays"];

/** What the time machine is asked: how far, how many declines, and which setting to try. */
export function AskCard({ form, problems, running, onChange, onRun }: AskCardProps) {
  const t = useT();
  const problemText = useProblemText(problems);
  return (
    <Card>
      {/* Enter in a field runs, as it does in any form. */}
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!running) onRun();
        }}
      >
        <BlockStack gap="400">
          <Text as="h2" variant="headingMd">
            {t("timeMachine.formTitle")}
          </Text>
          <TextField
            label={t("timeMachine.days")}
            helpText={t("timeMachine.daysHelp")}
            suffix={t("timeMachine.daysSuffix")}
            inputMode="numeric"
            autoComplete="off"
            value={form.days}
            error={problemText("days")}
            onChange={(days) => {
              onChange({ days });
            }}
          />
          <TextField
            label={t("timeMachine.decline")}
            helpText={t("timeMachine.declineHelp")}
            suffix="%"
            inputMode="numeric"
            autoComplete="off"
            value={form.declinePercentage}
            error={problemText("declinePercentage")}
            onChange={(declinePercentage) => {
              onChange({ declinePercentage });
            }}
          />
          <Select
            label={t("timeMachine.compare")}
            helpText={t("timeMachine.compareHelp")}
            options={(["NOTHING", ...COMPARISONS] as const).map((value) => ({
              value,
              label: t(`timeMachine.compare_${value}`),
            }))}
            value={form.compare}
            onChange={(value) => {
              onChange({ compare: COMPARISONS.find((each) => each === value) ?? "NOTHING" });
            }}
          />
          <ChangedSetting form={form} problemText={problemText} onChange={onChange} />
          <Button variant="primary" submit loading={running}>
            {t("timeMachine.run")}
          </Button>
        </BlockStack>
      </form>
    </Card>
  );
}

interface ChangedSettingProps extends Pick<AskCardProps, "form" | "onChange"> {
  problemText: (field: TimeMachineField) => string | undefined;
}

function ChangedSetting({ form, problemText, onChange }: ChangedSettingProps) {
  const t = useT();
  const moment = useMoment();
  const { compare } = form;
  switch (compare) {
    case "NOTHING":
      return null;
    case "dunningRetryDays":
    case "payDays":
      return (
        <TextField
          label={t(`timeMachine.value_${compare}`)}
          suffix={compare === "dunningRetryDays" ? t("timeMachine.daysSuffix") : undefined}
          autoComplete="off"
          value={form[compare]}
          error={problemText(compare)}
          onChange={(value) => {
            onChange({ [compare]: value });
          }}
        />
      );
    case "dunningEnd":
      return (
        <Select
          label={t("timeMachine.value_dunningEnd")}
          options={DUNNING_ENDS.map((value) => ({ value, label: t(`billingSettings.end_${value}`) }))}
          value={form.dunningEnd}
          error={problemText(compare)}
          onChange={(value) => {
            const dunningEnd = DUNNING_ENDS.find((each) => each === value);
            if (dunningEnd) onChange({ dunningEnd });
          }}
        />
      );
    case "missedCycles":
      return (
        <Select
          label={t("timeMachine.value_missedCycles")}
          options={MISSED_CYCLES.map((value) => ({ value, label: t(`billingSettings.missed_${value}`) }))}
          value={form.missedCycles}
          error={problemText(compare)}
          onChange={(value) => {
            const missedCycles = MISSED_CYCLES.find((each) => each === value);
            if (missedCycles) onChange({ missedCycles });
          }}
        />
      );
    case "billingHour":
      return (
        <Select
          label={t("timeMachine.value_billingHour")}
          options={HOURS.map((hour) => ({ value: String(hour), label: moment.hour(hour) }))}
          value={String(form.billingHour)}
          error={problemText(compare)}
          onChange={(hour) => {
            onChange({ billingHour: Number(hour) });
          }}
        />
      );
  }
}

function useProblemText(problems: readonly TimeMachineProblem[]): (field: TimeMachineField) => string | undefined {
  const t = useT();
  return (field) => {
    const problem = problemAt(problems, field);
    if (!problem) return undefined;
    const inList = LISTS.includes(field);
    switch (problem.code) {
      case "SAME":
        return t("timeMachine.problem.SAME");
      case "TOO_MANY":
        return t("timeMachine.problem.TOO_MANY", { max: problem.max });
      case "NOT_WHOLE":
        return t(inList ? "timeMachine.problem.NOT_WHOLE_LIST" : "timeMachine.problem.NOT_WHOLE");
      case "OUT_OF_RANGE": {
        const { min, max } = problem;
        return t(inList ? "timeMachine.problem.OUT_OF_RANGE_LIST" : "timeMachine.problem.OUT_OF_RANGE", { min, max });
      }
    }
  };
}
