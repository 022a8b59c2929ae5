import { BlockStack, Card, Checkbox, InlineGrid, Text } from "@shopify/polaris";

import { useT } from "~/ui/i18n";

import { SWITCHABLE } from "../../settings";
import type { FieldsProps } from "./fields";

/** What shoppers may do themselves. */
export function ActionsCard({ form, onChange }: FieldsProps) {
  const t = useT();
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("portalSettings.actionsTitle")}
        </Text>
        <Text as="p" tone="subdued">
          {t("portalSettings.actionsHelp")}
        </Text>
        <InlineGrid columns={{ xs: 1, sm: 2 }} gap="100">
          {SWITCHABLE.map((kind) => (
            <Checkbox
              key={kind}
              label={t(`portalSettings.action_${kind}`)}
              checked={!form.switchedOff.includes(kind)}
              onChange={(on) => {
                const others = form.switchedOff.filter((each) => each !== kind);
                onChange({ switchedOff: on ? others : [...others, kind] });
              }}
            />
          ))}
        </InlineGrid>
      </BlockStack>
    </Card>
  );
}
