import { BlockStack, Card, FormLayout, Text, TextField } from "@shopify/polaris";

import { useT } from "~/ui/i18n";

import { useProblemText } from "./fields";
import type { FieldsProps } from "./fields";

/** Public pages and texts that the law of some countries asks for. @param portalUrl the portal's address on the shop */
export function LegalCard({ form, problems, onChange, portalUrl }: FieldsProps & { portalUrl: string }) {
  const t = useT();
  const problemText = useProblemText(problems);
  const field = (
    name:
      "withdrawalCountries" | "cancelPageCountries" | "angrerettCountries" | "withdrawalTextEn" | "withdrawalTextNb",
    helpText: string,
    multiline?: number,
  ) => (
    <TextField
      label={t(`portalSettings.${name}`)}
      helpText={helpText}
      autoComplete="off"
      value={form[name]}
      error={problemText(name)}
      onChange={(value) => {
        onChange({ [name]: value });
      }}
      {...(multiline ? { multiline } : {})}
    />
  );
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("portalSettings.legalTitle")}
        </Text>
        <Text as="p" tone="subdued">
          {t("portalSettings.legalHelp")}
        </Text>
        <FormLayout>
          {field("withdrawalCountries", t("portalSettings.withdrawalCountriesHelp", { url: `${portalUrl}/withdraw` }))}
          {field(
            "cancelPageCountries",
            t("portalSettings.cancelPageCountriesHelp", { url: `${portalUrl}/cancel-contract` }),
          )}
          {field("angrerettCountries", t("portalSettings.angrerettCountriesHelp"))}
          {field("withdrawalTextNb", t("portalSettings.withdrawalTextHelp"), 4)}
          {field("withdrawalTextEn", t("portalSettings.withdrawalTextHelp"), 4)}
        </FormLayout>
      </BlockStack>
    </Card>
  );
}
