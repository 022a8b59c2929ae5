import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { Banner, BlockStack, Card, InlineGrid, Link, Page, Text } from "@shopify/polaris";

import { BillingCard } from "~/billing/components/billing-card";
import { billingGlance } from "~/billing/overview/overview.server";
import { AttentionCard } from "~/contracts/components/attention-card";
import { RenewalsCard } from "~/contracts/components/renewals-card";
import { homeFigures } from "~/contracts/queries.server";
import { NextStepCard } from "~/plans/components/next-step-card";
import { nextStep } from "~/plans/next-step";
import { listPlans } from "~/plans/plans.server";
import { AdminApiError } from "~/shopify/admin-api.server";
import { authenticateAdmin } from "~/shopify/authenticate.server";
import { useFormat, useT } from "~/ui/i18n";
import { useRevalidateWhile } from "~/ui/use-revalidate-while";

export async function loader({ request }: LoaderFunctionArgs) {
  const { ctx, shop } = await authenticateAdmin(request);
  const [figures, billing, plans] = await Promise.all([
    homeFigures(ctx, shop),
    billingGlance(ctx, shop),
    // The figures are ours; without Shopify only the advice is missing.
    listPlans(ctx, shop).then(
      (page) => page.plans,
      (error: unknown) => {
        if (error instanceof AdminApiError && error.trouble !== "REFUSED") return null;
        throw error;
      },
    ),
  ]);
  return {
    figures,
    billing,
    plansKnown: plans !== null,
    step: nextStep(plans, { subscribers: figures.active, paymentsFailed: figures.attention.paymentFailed }),
  };
}

export default function Home() {
  const { figures, billing, plansKnown, step } = useLoaderData<typeof loader>();
  const t = useT();
  useRevalidateWhile(!figures.imported || (billing.today.running && billing.heldReason === null));
  return (
    <Page title={t("home.title")}>
      <BlockStack gap="400">
        <StateBanner imported={figures.imported} plansKnown={plansKnown} />
        {step ? <NextStepCard step={step} /> : null}
        <InlineGrid columns={{ xs: 1, md: ["oneThird", "twoThirds"] }} gap="400">
          <ActiveCard active={figures.active} paused={figures.paused} />
          <RenewalsCard renewals={figures.renewals} />
        </InlineGrid>
        <BillingCard billing={billing} />
        <AttentionCard attention={figures.attention} />
      </BlockStack>
    </Page>
  );
}

/** One banner at most: while the import runs, that is what matters. */
function StateBanner({ imported, plansKnown }: { imported: boolean; plansKnown: boolean }) {
  const t = useT();
  if (!imported) {
    return (
      <Banner tone="info" title={t("home.importingTitle")}>
        {t("home.importing")}
      </Banner>
    );
  }
  return plansKnown ? null : <Banner tone="warning">{t("home.shopifyUnavailable")}</Banner>;
}

function ActiveCard({ active, paused }: { active: number; paused: number }) {
  const t = useT();
  const format = useFormat();
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingSm">
          {t("home.active")}
        </Text>
        <Text as="p" variant="heading2xl">
          {format.number(active)}
        </Text>
        <Text as="p" tone="subdued">
          {t("home.paused", { count: paused })}
        </Text>
        <Link url="/app/contracts">{t("home.seeAll")}</Link>
      </BlockStack>
    </Card>
  );
}
