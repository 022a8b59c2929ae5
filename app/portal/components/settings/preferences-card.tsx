import { BlockStack, Button, Card, FormLayout, InlineError, Text, TextField } from "@shopify/polaris";

import { useT } from "~/ui/i18n";

import { MOST_PREFERENCES } from "../../settings";
import { changed, useProblemText, without } from "./fields";
import type { FieldsProps } from "./fields";

/** What shoppers may say about a line: questions, and their answers if there are any. */
export function PreferencesCard({ form, problems, onChange }: FieldsProps) {
  const t = useT();
  const problemText = useProblemText(problems);
  const { preferences } = form;
  const general = problemText("preferences");
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("portalSettings.preferencesTitle")}
        </Text>
        <Text as="p" tone="subdued">
          {t("portalSettings.preferencesHelp")}
        </Text>
        {preferences.length === 0 ? (
          <Text as="p" tone="subdued">
            {t("portalSettings.preferencesNone")}
          </Text>
        ) : (
          <ul className="pn-list pn-list--lined">
            {preferences.map((preference, index) => {
              const field = (
                name: "key" | "labelEn" | "labelNb" | "options",
                label: string,
                more: { helpText?: string; multiline?: number } = {},
              ) => (
                <TextField
                  label={label}
                  autoComplete="off"
                  value={preference[name]}
                  error={problemText(`preferences.${index}.${name}`)}
                  onChange={(value) => {
                    onChange({ preferences: changed(preferences, index, { [name]: value }) });
                  }}
                  {...more}
                />
              );
              return (
                <li key={index}>
                  <FormLayout>
                    <FormLayout.Group>
                      {field("labelEn", t("portalSettings.preferenceEn"))}
                      {field("labelNb", t("portalSettings.preferenceNb"))}
                      {field("key", t("portalSettings.preferenceKey"))}
                    </FormLayout.Group>
                    {field("options", t("portalSettings.preferenceOptions"), {
                      helpText: t("portalSettings.preferenceOptionsHelp"),
                      multiline: 3,
                    })}
                    <Button
                      variant="tertiary"
                      tone="critical"
                      onClick={() => {
                        onChange({ preferences: without(preferences, index) });
                      }}
                    >
                      {t("portalSettings.preferenceRemove", { name: preference.key || String(index + 1) })}
                    </Button>
                  </FormLayout>
                </li>
              );
            })}
          </ul>
        )}
        {general ? <InlineError message={general} fieldID="preferences" /> : null}
        {preferences.length < MOST_PREFERENCES ? (
          <div>
            <Button
              onClick={() => {
                const empty = { key: "", labelEn: "", labelNb: "", options: "", productId: null };
                onChange({ preferences: [...preferences, empty] });
              }}
            >
              {t("portalSettings.preferencesAdd")}
            </Button>
          </div>
        ) : null}
      </BlockStack>
    </Card>
  );
}
