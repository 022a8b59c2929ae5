import { isRouteErrorResponse } from "@remix-run/react";
import { Banner, BlockStack, Page, Text } from "@shopify/polaris";

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
  const home = { content: t("error.toHome"), url: "/app" };
  const again = {
    content: t("common.tryAgain"),
    onAction: () => {
      window.location.reload();
    },
  };
  // A page that doesn't exist won't exist on the second try.
  const actions = title === "error.notFoundTitle" ? { action: home } : { action: again, secondaryAction: home };
  return (
    <Page title={t(title)}>
      <Banner tone={title === "error.title" ? "critical" : "warning"} {...actions}>
        <BlockStack gap="200">
          {lines.map((line) => (
            <Text as="p" key={line}>
              {t(line)}
            </Text>
          ))}
        </BlockStack>
      </Banner>
    </Page>
  );
}
