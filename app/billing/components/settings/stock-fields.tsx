import { BlockStack, Button, Card, InlineError, Select, Text, TextField } from "@shopify/polaris";
import { XIcon } from "@shopify/polaris-icons";

import { pickVariants } from "~/ui/app-bridge";
import { useT } from "~/ui/i18n";

import { DEFAULT_STOCK_POLICIES, MAX_STOCK_RULES, RULE_POLICIES } from "../../settings/settings-form";
import type { StockRuleForm } from "../../settings/settings-form";
import type { FieldsProps } from "./fields";
import { useProblemText } from "./use-problem-text";

/** What a renewal does about something that is out of stock: the usual rule, and those of single variants. */
export function StockFields({ form, problems, onChange }: FieldsProps) {
  const t = useT();
  const problemText = useProblemText(problems);

  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {t("billingSettings.stockTitle")}
        </Text>
        <Select
          label={t("billingSettings.stockPolicy")}
          helpText={t("billingSettings.stockPolicyHelp")}
          options={DEFAULT_STOCK_POLICIES.map((value) => ({ value, label: t(`billingSettings.stock_${value}`) }))}
          value={form.stockPolicy}
          onChange={(value) => {
            const stockPolicy = DEFAULT_STOCK_POLICIES.find((each) => each === value);
            if (stockPolicy) onChange({ stockPolicy });
          }}
        />
        <TextField
          label={t("billingSettings.stockWaitDays")}
          helpText={t("billingSettings.stockWaitDaysHelp")}
          suffix={t("billingSettings.days")}
          inputMode="numeric"
          autoComplete="off"
          value={form.stockWaitDays}
          error={problemText("stockWaitDays")}
          onChange={(stockWaitDays) => {
            onChange({ stockWaitDays });
          }}
        />
        <Rules form={form} problems={problems} onChange={onChange} />
      </BlockStack>
    </Card>
  );
}

function Rules({ form, problems, onChange }: FieldsProps) {
  const t = useT();
  const problemText = useProblemText(problems);
  const { stockRules } = form;
  const change = (variantId: string, changes: Partial<StockRuleForm>) => {
    onChange({ stockRules: stockRules.map((rule) => (rule.variantId === variantId ? { ...rule, ...changes } : rule)) });
  };
  const add = async () => {
    const picked = await pickVariants([], MAX_STOCK_RULES - stockRules.length);
    if (!picked) return;
    const fresh = picked.filter(({ id }) => stockRules.every(({ variantId }) => variantId !== id));
    onChange({ stockRules: [...stockRules, ...fresh.map(({ id, title }) => newRule(id, title))] });
  };
  const general = problemText("stockRules");
  const full = stockRules.length >= MAX_STOCK_RULES;

  return (
    <BlockStack gap="300">
      <Text as="h3" variant="headingSm">
        {t("billingSettings.rulesTitle")}
      </Text>
      {stockRules.length === 0 ? (
        <Text as="p" tone="subdued">
          {t("billingSettings.rulesNone")}
        </Text>
      ) : (
        <ul className="pn-list pn-list--lined">
          {stockRules.map((rule, index) => (
            <li key={rule.variantId}>
              <Rule
                rule={rule}
                problem={problemText(`stockRules.${index}`)}
                onChange={(changes) => {
                  change(rule.variantId, changes);
                }}
                onRemove={() => {
                  onChange({ stockRules: stockRules.filter(({ variantId }) => variantId !== rule.variantId) });
                }}
              />
            </li>
          ))}
        </ul>
      )}
      {general ? <InlineError message={general} fieldID="stock-rules" /> : null}
      {full ? (
        <Text as="p" tone="subdued">
          {t("billingSettings.rulesFull", { max: MAX_STOCK_RULES })}
        </Text>
      ) : (
        <div>
          <Button onClick={() => void add()}>{t("billingSettings.rulesAdd")}</Button>
        </div>
      )}
    </BlockStack>
  );
}

const newRule = (variantId: string, title: string): StockRuleForm => ({
  variantId,
  title,
  policy: "SKIP_LINE",
  substituteVariantId: null,
  substituteTitle: null,
});

interface RuleProps {
  rule: StockRuleForm;
  problem: string | undefined;
  onChange: (changes: Partial<StockRuleForm>) => void;
  onRemove: () => void;
}

function Rule({ rule, problem, onChange, onRemove }: RuleProps) {
  const t = useT();
  const number = rule.variantId.split("/").at(-1) ?? "";
  return (
    <BlockStack gap="200">
      <div className="pn-row">
        <div className="pn-text">{rule.title}</div>
        <Button
          icon={XIcon}
          variant="tertiary"
          accessibilityLabel={t("billingSettings.ruleRemove", { product: rule.title })}
          onClick={onRemove}
        />
      </div>
      <Select
        id={`stock-rule-${number}`}
        label={t("billingSettings.rulePolicy", { product: rule.title })}
        labelHidden
        options={RULE_POLICIES.map((value) => ({ value, label: t(`billingSettings.stock_${value}`) }))}
        value={rule.policy}
        onChange={(value) => {
          const policy = RULE_POLICIES.find((each) => each === value);
          if (policy) onChange({ policy });
        }}
      />
      {rule.policy === "SUBSTITUTE" ? (
        <Substitute rule={rule} known={problem !== undefined} onChange={onChange} />
      ) : null}
      {problem ? <InlineError message={problem} fieldID={`stock-rule-${number}`} /> : null}
    </BlockStack>
  );
}

/** @param known that one must be chosen is said already, in red */
function Substitute({ rule, known, onChange }: Pick<RuleProps, "rule" | "onChange"> & { known: boolean }) {
  const t = useT();
  const choose = async () => {
    const picked = await pickVariants(rule.substituteVariantId ? [rule.substituteVariantId] : [], 1);
    const [variant] = picked ?? [];
    if (variant) onChange({ substituteVariantId: variant.id, substituteTitle: variant.title });
  };
  return (
    <div className="pn-row">
      <div className="pn-text">
        {rule.substituteVariantId === null
          ? !known && t("billingSettings.ruleSubstituteNone")
          : t("billingSettings.ruleSubstitute", { product: rule.substituteTitle ?? rule.substituteVariantId })}
      </div>
      <Button
        accessibilityLabel={t("billingSettings.ruleSubstituteLabel", { product: rule.title })}
        onClick={() => void choose()}
      >
        {rule.substituteVariantId === null
          ? t("billingSettings.ruleSubstituteChoose")
          : t("billingSettings.ruleSubstituteChange")}
      </Button>
    </div>
  );
}
