import { BlockStack, Button, Card, InlineError, Select, Text, TextField } from "@shopify/polaris";
import { DeleteIcon, PlusIcon } from "@shopify/polaris-icons";

import { useT } from "~/ui/i18n";

import { intervals, MAX_FREQUENCIES } from "../plan";
import type { PlanProblem } from "../plan";
import { nextRow, problemAt } from "./plan-form-state";
import type { PlanFormState } from "./plan-form-state";
import { useProblemText } from "./use-problem-text";

interface FrequencyFieldsProps {
  form: PlanFormState;
  problems: PlanProblem[];
  onChange: (frequencies: PlanFormState["frequencies"]) => void;
}

type Row = PlanFormState["frequencies"][number];

/** The frequencies that customers can choose from: one row each, at least one. */
export function FrequencyFields({ form, problems, onChange }: FrequencyFieldsProps) {
  const t = useT();
  const problemText = useProblemText();
  const { frequencies } = form;
  const change = (row: number, changes: Partial<Row>) => {
    onChange(frequencies.map((each) => (each.row === row ? { ...each, ...changes } : each)));
  };
  const add = () => {
    onChange([
      ...frequencies,
      { row: nextRow(form), interval: frequencies.at(-1)?.interval ?? "WEEK", intervalCount: "" },
    ]);
  };
  const general = problemAt(problems, "frequencies");

  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("plans.frequenciesTitle")}
        </Text>
        <Text as="p" tone="subdued">
          {t("plans.frequenciesHelp")}
        </Text>
        {frequencies.map(({ row, interval, intervalCount }, index) => (
          <div className="pn-frequency" key={row}>
            <TextField
              id={`frequency-${row}`}
              label={t("plans.countLabel", { row: index + 1 })}
              labelHidden
              prefix={t("plans.every")}
              inputMode="numeric"
              autoComplete="off"
              value={intervalCount}
              // The words stand below the whole row: the field is too narrow for them.
              error={problemAt(problems, `frequencies.${index}`) !== undefined}
              onChange={(value) => {
                change(row, { intervalCount: value });
              }}
            />
            <Select
              label={t("plans.unitLabel", { row: index + 1 })}
              labelHidden
              options={intervals.map((value) => ({
                value,
                label: t(`plans.unit_${value}`, { count: Number(intervalCount) || 0 }),
              }))}
              value={interval}
              onChange={(value) => {
                const chosen = intervals.find((each) => each === value);
                if (chosen) change(row, { interval: chosen });
              }}
            />
            <Button
              icon={DeleteIcon}
              variant="tertiary"
              size="large"
              accessibilityLabel={t("plans.removeFrequency", { row: index + 1 })}
              disabled={frequencies.length === 1}
              onClick={() => {
                onChange(frequencies.filter((each) => each.row !== row));
              }}
            />
            <FrequencyProblem row={row} message={problemText(problemAt(problems, `frequencies.${index}`))} />
          </div>
        ))}
        {general ? <InlineError message={problemText(general) ?? ""} fieldID="frequencies" /> : null}
        <div>
          <Button icon={PlusIcon} onClick={add} disabled={frequencies.length >= MAX_FREQUENCIES}>
            {t("plans.addFrequency")}
          </Button>
        </div>
      </BlockStack>
    </Card>
  );
}

/** Polaris describes a field by the element with the field's id and "Error", which InlineError makes. */
function FrequencyProblem({ row, message }: { row: number; message: string | undefined }) {
  return message ? (
    <div className="pn-frequency__problem">
      <InlineError message={message} fieldID={`frequency-${row}`} />
    </div>
  ) : null;
}
