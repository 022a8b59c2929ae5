import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { BlockStack, Card, InlineGrid, Page, Text } from "@shopify/polaris";

import { OffersCard, WorthCard } from "~/portal/components/offers-cards";
import { ReasonsCard } from "~/portal/components/reasons-card";
import { ownReasonsOf } from "~/portal/leaving";
import { leavingFigures } from "~/portal/saves.server";
import { portalSettings } from "~/portal/settings.server";
import { authenticateAdmin } from "~/shopify/authenticate.server";
import { useFormat, useT } from "~/ui/i18n";

export async function loader({ request }: LoaderFunctionArgs) {
  const { ctx, shop, locale } = await authenticateAdmin(request);
  const [figures, settings] = await Promise.all([leavingFigures(ctx, shop), portalSettings(ctx, shop)]);
  const own = ownReasonsOf(settings.reasons).map((reason) => ({ key: reason.key, label: reason[locale] }));
  return { figures, own };
}

export default function LeavingPage() {
  const { figures, own } = useLoaderData<typeof loader>();
  const t = useT();
  const format = useFormat();
  const sums = [
    [t("leavingPage.started"), figures.started],
    [t("leavingPage.cancelled"), figures.cancelled],
    [t("leavingPage.accepted"), figures.accepted],
  ] as const;
  return (
    <Page
      title={t("leavingPage.title")}
      subtitle={t("leavingPage.lead")}
      backAction={{ content: t("leavingPage.back"), url: "/app/portal" }}
    >
      <BlockStack gap="400">
        <InlineGrid columns={{ xs: 1, sm: 3 }} gap="400">
          {sums.map(([label, value]) => (
            <Card key={label}>
              <Text as="p" tone="subdued">
                {label}
              </Text>
              <Text as="p" variant="headingLg" numeric>
                {format.number(value)}
              </Text>
            </Card>
          ))}
        </InlineGrid>
        <ReasonsCard reasons={figures.reasons} own={own} />
        <OffersCard offers={figures.offers} />
        <WorthCard offered={figures.offered} heldOut={figures.heldOut} worth={figures.worth} />
        <Card>
          <BlockStack gap="300">
            <Text as="h2" variant="headingMd">
              {t("leavingPage.commentsTitle")}
            </Text>
            {figures.comments.length === 0 ? (
              <Text as="p" tone="subdued">
                {t("leavingPage.commentsNone")}
              </Text>
            ) : (
              <ul className="pn-list pn-list--lined">
                {figures.comments.map(({ comment, at }) => (
                  <li key={`${at} ${comment}`} className="pn-text">
                    <Text as="p">{comment}</Text>
                    <Text as="p" tone="subdued" variant="bodySm">
                      {format.date(at)}
                    </Text>
                  </li>
                ))}
              </ul>
            )}
          </BlockStack>
        </Card>
      </BlockStack>
    </Page>
  );
}
