import { BlockStack, Card, Layout, SkeletonBodyText, SkeletonDisplayText, SkeletonPage, Text } from "@shopify/polaris";

import { useT } from "./i18n";

/** Stands where the next page will be, in its rough shape, until it has come. */
export function PageSkeleton() {
  const t = useT();
  return (
    <div role="status">
      <Text as="p" visuallyHidden>
        {t("common.loading")}
      </Text>
      <div aria-hidden="true">
        <SkeletonPage>
          <Layout>
            <Layout.Section>
              <BlockStack gap="400">
                {[3, 6].map((lines) => (
                  <Card key={lines}>
                    <BlockStack gap="300">
                      <SkeletonDisplayText size="small" />
                      <SkeletonBodyText lines={lines} />
                    </BlockStack>
                  </Card>
                ))}
              </BlockStack>
            </Layout.Section>
          </Layout>
        </SkeletonPage>
      </div>
    </div>
  );
}
