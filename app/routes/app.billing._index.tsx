import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { Banner, BlockStack, InlineGrid, Page } from "@shopify/polaris";
import { z } from "zod";

import { orderNow, releaseBilling, resolveParked, retryNow } from "~/billing/actions.server";
import type { ActionOutcome } from "~/billing/actions.server";
import { billingAct, doneOf } from "~/billing/acts";
import type { BillingAct, BillingAnswer } from "~/billing/acts";
import { failingCharges, parkedCharges, waitingCycles } from "~/billing/overview/attention.server";
import { BillingModal } from "~/billing/components/billing-modal";
import { FailingCard } from "~/billing/components/failing-card";
import { LaneBanner } from "~/billing/components/lane-banner";
import { ParkedCard } from "~/billing/components/parked-card";
import { RecoveryCard } from "~/billing/components/recovery-card";
import { TodayCard } from "~/billing/components/today-card";
import { UpcomingCard } from "~/billing/components/upcoming-card";
import { useBillingActs } from "~/billing/components/use-billing-acts";
import { WaitingCard } from "~/billing/components/waiting-card";
import { billingOverview } from "~/billing/overview/overview.server";
import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import { authenticateAdmin } from "~/shopify/authenticate.server";
import { useT } from "~/ui/i18n";
import { useRevalidateWhile } from "~/ui/use-revalidate-while";

const MAX_PAGE = 10_000;
const page = z.coerce.number().int().min(1).max(MAX_PAGE).catch(1);
const pages = z.object({ failing: page, parked: page, waiting: page });

export async function loader({ request }: LoaderFunctionArgs) {
  const { ctx, shop } = await authenticateAdmin(request);
  const at = pages.parse(Object.fromEntries(new URL(request.url).searchParams));
  const [overview, failing, parked, waiting] = await Promise.all([
    billingOverview(ctx, shop),
    failingCharges(ctx, shop, at.failing),
    parkedCharges(ctx, shop, at.parked),
    waitingCycles(ctx, shop, at.waiting),
  ]);
  return { overview, failing, parked, waiting };
}

/** Every page's word on money comes here, the contract's page's too. */
export async function action({ request }: ActionFunctionArgs): Promise<BillingAnswer> {
  const { ctx, shop } = await authenticateAdmin(request);
  const asked = billingAct.parse(Object.fromEntries(await request.formData()));
  return { ...(await act(ctx, shop, asked)), done: doneOf(asked) };
}

function act(ctx: Context, shop: Shop, asked: BillingAct): Promise<ActionOutcome> {
  switch (asked.act) {
    case "retry":
      return retryNow(ctx, shop, asked.chargeId, "merchant");
    case "resolve":
      return resolveParked(ctx, shop, asked.chargeId, asked.how, "merchant");
    case "orderNow":
      return orderNow(ctx, shop, asked.contractId, "merchant");
    case "release":
      return releaseBilling(ctx, shop, "merchant");
  }
}

export default function Billing() {
  const { overview, failing, parked, waiting } = useLoaderData<typeof loader>();
  const t = useT();
  const acts = useBillingActs();
  const { today, lane } = overview;
  useRevalidateWhile(!overview.imported || today.running || lane?.reason === "UNREACHABLE");
  // What there is to look at comes before the picture of what is to come, what there could be after it.
  const lists = [
    { total: parked.total, card: <ParkedCard key="parked" parked={parked} onAsk={acts.ask} /> },
    { total: failing.total, card: <FailingCard key="failing" failing={failing} onAsk={acts.ask} /> },
    { total: waiting.total, card: <WaitingCard key="waiting" waiting={waiting} /> },
  ];
  return (
    <Page
      title={t("billing.title")}
      secondaryActions={[
        { content: t("billing.settings"), url: "/app/billing/settings" },
        { content: t("billing.timeMachine"), url: "/app/billing/time-machine" },
      ]}
    >
      <BlockStack gap="400">
        {acts.trouble ? <Banner tone="critical">{acts.trouble}</Banner> : null}
        {overview.imported ? null : <Banner tone="info">{t("billing.importing")}</Banner>}
        {lane ? (
          <LaneBanner
            lane={lane}
            busy={acts.busy}
            onRelease={() => {
              acts.ask({ act: "release" });
            }}
            onProbe={acts.probe}
          />
        ) : null}
        <InlineGrid columns={{ xs: 1, md: ["twoThirds", "oneThird"] }} gap="400">
          <TodayCard today={today} held={lane !== null} />
          <RecoveryCard recovery={overview.recovery} />
        </InlineGrid>
        {lists.filter(({ total }) => total > 0).map(({ card }) => card)}
        <UpcomingCard overview={overview} />
        {lists.filter(({ total }) => total === 0).map(({ card }) => card)}
      </BlockStack>
      <BillingModal acts={acts} />
    </Page>
  );
}
