import { Banner, BlockStack, Card, Layout, List, Text, TextField } from "@shopify/polaris";
import type { ReactNode } from "react";

import { SaveBar } from "~/ui/save-bar";
import { useT } from "~/ui/i18n";

import { MAX_NAME_LENGTH } from "../plan";
import type { PlanProblem } from "../plan";
import { FrequencyFields } from "./frequency-fields";
import { PlanPreview } from "./plan-preview";
import { problemAt } from "./plan-form-state";
import type { PlanFormState } from "./plan-form-state";
import { ProductFields } from "./product-fields";
import { useProblemText } from "./use-problem-text";

interface PlanFormProps {
  form: PlanFormState;
  changed: boolean;
  saving: boolean;
  problems: PlanProblem[];
  /** What went wrong that belongs to no field, in words. */
  trouble: string | null;
  /** False: products are too many to be changed here. */
  productsEditable: boolean;
  /** Shown above the preview: what an edit means for those who subscribe already. */
  note?: ReactNode;
  onChange: (changes: Partial<PlanFormState>) => void;
  onSave: () => void;
  onDiscard: () => void;
}

/** Creates or edits a plan, with what customers will see beside it. */
export function PlanForm(props: PlanFormProps) {
  const { form, changed, saving, problems, trouble, productsEditable, note, onChange, onSave, onDiscard } = props;
  const t = useT();
  const problemText = useProblemText();

  return (
    <>
      <SaveBar id="plan-save-bar" open={changed} saving={saving} onSave={onSave} onDiscard={onDiscard} />
      <Layout>
        <Layout.Section>
          <BlockStack gap="400">
            <ProblemBanner problems={problems} trouble={trouble} />
            <Card>
              <TextField
                label={t("plans.nameLabel")}
                helpText={t("plans.nameHelp")}
                value={form.name}
                maxLength={MAX_NAME_LENGTH}
                autoComplete="off"
                requiredIndicator
                error={problemText(problemAt(problems, "name"))}
                onChange={(name) => {
                  onChange({ name });
                }}
              />
            </Card>
            <FrequencyFields
              form={form}
              problems={problems}
              onChange={(frequencies) => {
                onChange({ frequencies });
              }}
            />
            <Card>
              <BlockStack gap="300">
                <Text as="h2" variant="headingMd">
                  {t("plans.discountTitle")}
                </Text>
                <TextField
                  label={t("plans.discountLabel")}
                  helpText={t("plans.discountHelp")}
                  value={form.discountPercentage}
                  inputMode="decimal"
                  suffix="%"
                  autoComplete="off"
                  error={problemText(problemAt(problems, "discountPercentage"))}
                  onChange={(discountPercentage) => {
                    onChange({ discountPercentage });
                  }}
                />
              </BlockStack>
            </Card>
            {productsEditable ? (
              <ProductFields
                products={form.products}
                problems={problems}
                onChange={(products) => {
                  onChange({ products });
                }}
              />
            ) : (
              <Card>
                <Text as="p">{t("plans.productsCut", { count: form.products.length })}</Text>
              </Card>
            )}
          </BlockStack>
        </Layout.Section>
        <Layout.Section variant="oneThird">
          <BlockStack gap="400">
            <PlanPreview form={form} />
            {note}
          </BlockStack>
        </Layout.Section>
      </Layout>
    </>
  );
}

/** Problems are beside their fields too; here is how many there are, and those that have no field. */
function ProblemBanner({ problems, trouble }: Pick<PlanFormProps, "problems" | "trouble">) {
  const t = useT();
  const problemText = useProblemText();
  if (trouble) return <Banner tone="critical">{trouble}</Banner>;
  if (problems.length === 0) return null;
  const homeless = problems.filter(({ field }) => field === "form");
  return (
    <Banner tone="critical" title={t("plans.problemsTitle", { count: problems.length })}>
      {homeless.length > 0 ? (
        <List>
          {homeless.map((problem) => (
            <List.Item key={`${problem.code} ${problem.message ?? ""}`}>{problemText(problem)}</List.Item>
          ))}
        </List>
      ) : null}
    </Banner>
  );
}
