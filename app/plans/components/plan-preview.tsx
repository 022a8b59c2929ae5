import { BlockStack, Card, InlineStack, Text } from "@shopify/polaris";

import { formatPercentage } from "~/lib/format";
import { supportedLocale } from "~/lib/i18n";
import { useFrame, useT } from "~/ui/i18n";

import { byLength, frequencyKey } from "../plan";
import { optionText } from "../plan-group";
import { shopperTexts } from "../texts";
import type { PlanFormState } from "./plan-form-state";

/** The choice on the product page in outline, in the language of the shop's customers. */
export function PlanPreview({ form }: { form: PlanFormState }) {
  const t = useT();
  const { shop } = useFrame();
  const shopperT = shopperTexts(shop.locale);
  const percentage = Number(form.discountPercentage.replace(",", "."));
  const saving =
    percentage > 0 && percentage <= 100 ? formatPercentage(percentage, supportedLocale(shop.locale)) : null;
  const choices = form.frequencies
    .map(({ interval, intervalCount }) => ({ interval, intervalCount: Number(intervalCount) }))
    .filter(({ intervalCount }) => Number.isInteger(intervalCount) && intervalCount > 0)
    .sort(byLength);

  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("plans.previewTitle")}
        </Text>
        <BlockStack gap="200">
          <Choice label={shopperT("plans.previewOnce")} />
          <InlineStack gap="200" blockAlign="center">
            <div className="pn-text">
              <Text as="p" fontWeight="semibold">
                {form.name.trim() || t("plans.previewNameMissing")}
              </Text>
            </div>
            {saving ? (
              <Text as="span" tone="success">
                {shopperT("plans.previewSave", { percentage: saving })}
              </Text>
            ) : null}
          </InlineStack>
          {choices.map((frequency, index) => (
            <Choice key={frequencyKey(frequency)} label={optionText(frequency, shopperT)} chosen={index === 0} />
          ))}
        </BlockStack>
      </BlockStack>
    </Card>
  );
}

/** Drawn rather than a real radio button: a picture of a page should not be something to tab through. */
function Choice({ label, chosen = false }: { label: string; chosen?: boolean }) {
  return (
    <div className="pn-preview__choice">
      <span className={chosen ? "pn-preview__dot pn-preview__dot--chosen" : "pn-preview__dot"} aria-hidden="true" />
      <Text as="span">{label}</Text>
    </div>
  );
}
