import { BlockStack, Card, Text } from "@shopify/polaris";

import { useFormat, useT } from "~/ui/i18n";

import type { ConsentView } from "../consent.server";

/** What the shopper agreed to, word for word, newest first. */
export function ConsentCard({ consents }: { consents: ConsentView[] }) {
  const t = useT();
  const format = useFormat();
  if (consents.length === 0) return null;
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingSm">
          {t("contractCards.consentTitle")}
        </Text>
        {consents.map(({ id, source, text, agreedAt }) => (
          <details key={id} className="pn-text">
            <summary>{t(`contractCards.consent_${source}`, { at: format.dateTime(agreedAt) })}</summary>
            <p className="pn-words">{text === "" ? t("contractCards.consentRedacted") : text}</p>
          </details>
        ))}
      </BlockStack>
    </Card>
  );
}
