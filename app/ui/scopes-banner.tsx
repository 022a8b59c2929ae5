import { Banner, BlockStack, Button, List, Page, Text } from "@shopify/polaris";

import { requiredScopes } from "~/shopify/scopes";

import { useFrame, useT } from "./i18n";
import { grantScopesUrl } from "./shopify-links";
import type { TextKey } from "./texts";

const reasons: Partial<Record<string, TextKey>> = Object.fromEntries(
  requiredScopes.map((scope) => [scope, `scopes.${scope}` satisfies TextKey]),
);

/** Asks a shop that installed an earlier version for what the app needs now, and says why. */
export function ScopesBanner({ missing }: { missing: string[] }) {
  const t = useT();
  const { apiKey, shop } = useFrame();
  return (
    <Page>
      <Banner tone="warning" title={t("scopes.title")}>
        <BlockStack gap="300" inlineAlign="start">
          <Text as="p">{t("scopes.body")}</Text>
          <Text as="p" fontWeight="semibold">
            {t("scopes.listTitle")}
          </Text>
          <List>
            {missing.map((scope) => {
              const reason = reasons[scope];
              return <List.Item key={scope}>{reason ? t(reason) : scope}</List.Item>;
            })}
          </List>
          <Button url={grantScopesUrl(shop.handle, apiKey)} target="_top">
            {t("scopes.button")}
          </Button>
        </BlockStack>
      </Banner>
    </Page>
  );
}
