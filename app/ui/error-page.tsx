import { isRouteErrorResponse } from "@remix-run/react";
import { Banner, BlockStack, Button, InlineStack, Page, Text } from "@shopify/polaris";

import { useT } from "./i18n";
import type { TextKey } from "./texts";

interface Words {
  title: TextKey;
  lines: TextKey[];
}

const unexpected: Words = { title: "error.title", lines: ["error.what", "error.kept", "error.todo"] };
const notFound: Words = { title: "error.notFoundTitle", lines: ["error.notFound"] };
const noShopify: Words = { title: "error.shopifyTitle", lines: ["error.shopify"] };

function wordsFor(error: unknown): Words {
  if (!isRouteErrorResponse(error)) return unexpected;
  if (error.status === 404) return notFound;
  return error.status === 503 ? noShopify : unexpected;
}

/** Statuses that our own loaders throw; any other response comes from Shopify's library. */
const ourStatuses = [404, 500, 503];

/**
 * Shopify's library signs people in by throwing small pages that run App Bridge: they are shown as they are.
 * @returns null if the error is not one of those.
 */
export function signInPage(error: unknown) {
  if (!isRouteErrorResponse(error) || ourStatuses.includes(error.status)) return null;
  return <div dangerouslySetInnerHTML={{ __html: String(error.data ?? "") }} />;
}

/** What happened, what was kept, what to do. 404 and 503 (thrown by loaders) have words of their own. */
export function ErrorPage({ error }: { error: unknown }) {
  const t = useT();
  const { title, lines } = wordsFor(error);
  return (
    <Page title={t(title)}>
      <Banner tone={title === "error.title" ? "critical" : "warning"}>
        <BlockStack gap="300">
          {lines.map((line) => (
            <Text as="p" key={line}>
              {t(line)}
            </Text>
          ))}
          <InlineStack gap="200">
            <Button
              onClick={() => {
                window.location.reload();
              }}
            >
              {t("common.tryAgain")}
            </Button>
            <Button url="/app" variant="plain">
              {t("error.toHome")}
            </Button>
          </InlineStack>
        </BlockStack>
      </Banner>
    </Page>
  );
}
