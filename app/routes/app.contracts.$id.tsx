import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { Banner, BlockStack, Layout, Page } from "@shopify/polaris";
import type { PageProps } from "@shopify/polaris";
import { z } from "zod";

import { billingOf } from "~/billing/overview/charges-of.server";
import { BillingModal } from "~/billing/components/billing-modal";
import type { BillingQuestion } from "~/billing/components/billing-questions";
import { useBillingActs } from "~/billing/components/use-billing-acts";
import type { ContractBilling } from "~/billing/overview/views";
import { AttentionBanner } from "~/contracts/components/attention-banner";
import { ChargesCard } from "~/contracts/components/charges-card";
import { ExtraCards } from "~/contracts/components/extra-cards";
import { HistoryCard } from "~/contracts/components/history-card";
import { LinesCard } from "~/contracts/components/lines-card";
import { ask } from "~/contracts/components/questions";
import type { Question } from "~/contracts/components/questions";
import { ScheduleCard } from "~/contracts/components/schedule-card";
import { SideCards } from "~/contracts/components/side-cards";
import { ContractBadges } from "~/contracts/components/status-badges";
import { useContractActs } from "~/contracts/components/use-contract-acts";
import type { ContractAction } from "~/contracts/components/use-contract-acts";
import { skipCycle, unskipCycle } from "~/contracts/cycles.server";
import { oneOffsOf } from "~/contracts/one-offs.server";
import { contractDetail } from "~/contracts/queries.server";
import { cancelContract, pauseContract, resumeContract } from "~/contracts/status.server";
import type { ContractDetail } from "~/contracts/views";
import { waitingEdits } from "~/contracts/waiting-edits.server";
import { ConsentCard } from "~/portal/components/consent-card";
import { consentOf } from "~/portal/consent.server";
import { authenticateAdmin } from "~/shopify/authenticate.server";
import { ConfirmModal } from "~/ui/confirm-modal";
import { useFormat, useT } from "~/ui/i18n";
import type { T } from "~/ui/i18n";
import { useRevalidateWhile } from "~/ui/use-revalidate-while";

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { ctx, shop } = await authenticateAdmin(request);
  const contract = await contractDetail(ctx, shop, params.id ?? "");
  const billing = contract ? await billingOf(ctx, shop, contract.id) : null;
  if (!contract || !billing) throw new Response(null, { status: 404 });
  const [oneOffs, waiting, consents] = await Promise.all([
    oneOffsOf(ctx, shop, [contract.id]),
    waitingEdits(ctx, shop, contract.id),
    consentOf(ctx, shop, contract.id),
  ]);
  return { contract, billing, oneOffs: oneOffs.get(contract.id) ?? [], waiting, consents };
}

const cycleIndex = z.coerce.number().int().positive();
const body = z.discriminatedUnion("act", [
  z.object({ act: z.literal("pause"), contractId: z.uuid() }),
  z.object({ act: z.literal("resume"), contractId: z.uuid() }),
  z.object({ act: z.literal("cancel"), contractId: z.uuid() }),
  z.object({ act: z.literal("skip"), contractId: z.uuid(), cycleIndex }),
  z.object({ act: z.literal("unskip"), contractId: z.uuid(), cycleIndex }),
]);

export async function action({ request }: ActionFunctionArgs): Promise<ContractAction> {
  const { ctx, shop } = await authenticateAdmin(request);
  const asked = body.parse(Object.fromEntries(await request.formData()));
  switch (asked.act) {
    case "pause":
      return pauseContract(ctx, shop, asked.contractId, "merchant");
    case "resume":
      return resumeContract(ctx, shop, asked.contractId, "merchant");
    case "cancel":
      return cancelContract(ctx, shop, asked.contractId, "merchant");
    case "skip":
      return skipCycle(ctx, shop, asked.contractId, asked.cycleIndex, "merchant");
    case "unskip":
      return unskipCycle(ctx, shop, asked.contractId, asked.cycleIndex, "merchant");
  }
}

/** One primary action: what the subscription's status calls for. Nothing can be done to an ended one. */
function pageActions(
  { status, renewalRunning }: ContractDetail,
  orderNow: ContractBilling["orderNow"],
  t: T,
  onAsk: (question: Question) => void,
  onOrderNow: () => void,
): Pick<PageProps, "primaryAction" | "secondaryActions"> {
  if (status === "CANCELLED" || status === "EXPIRED") return {};
  const act = status === "ACTIVE" ? "pause" : "resume";
  return {
    primaryAction: {
      content: t(`contracts.${act}`),
      disabled: renewalRunning,
      onAction: () => {
        onAsk({ act });
      },
    },
    secondaryActions: [
      ...(orderNow ? [{ content: t("contracts.orderNow"), onAction: onOrderNow }] : []),
      {
        content: t("contracts.cancelSubscription"),
        destructive: true,
        disabled: renewalRunning,
        onAction: () => {
          onAsk({ act: "cancel" });
        },
      },
    ],
  };
}

function orderNowQuestion(
  contract: ContractDetail,
  { expectedAt, amount }: NonNullable<ContractBilling["orderNow"]>,
): BillingQuestion {
  const after = contract.upcoming.find((cycle) => cycle.state === "OPEN" && cycle.expectedAt > expectedAt);
  return { act: "orderNow", contractId: contract.id, expectedAt, amount, next: after?.expectedAt ?? null };
}

export default function Contract() {
  const { contract, billing, oneOffs, waiting, consents } = useLoaderData<typeof loader>();
  const t = useT();
  const format = useFormat();
  const acts = useContractActs(contract.id);
  const money = useBillingActs();
  useRevalidateWhile(contract.renewalRunning);
  const asked = acts.question ? ask(acts.question, contract, t, format) : null;
  const next = contract.status === "ACTIVE" ? contract.nextBillingAt : null;
  const trouble = acts.trouble ?? money.trouble;

  return (
    <Page
      title={contract.customerName ?? contract.customerEmail ?? t("contracts.number", { number: contract.number })}
      titleMetadata={<ContractBadges status={contract.status} attention={contract.attention} />}
      subtitle={next ? t("contracts.nextOrder", { date: format.date(next) }) : undefined}
      backAction={{ content: t("contracts.title"), url: "/app/contracts" }}
      {...pageActions(contract, billing.orderNow, t, acts.ask, () => {
        if (billing.orderNow) money.ask(orderNowQuestion(contract, billing.orderNow));
      })}
    >
      <Layout>
        <Layout.Section>
          <BlockStack gap="400">
            {trouble ? (
              <Banner tone="critical">{trouble}</Banner>
            ) : (
              <AttentionBanner contract={contract} billing={billing} />
            )}
            <LinesCard contract={contract} />
            <ScheduleCard
              contract={contract}
              busyCycle={acts.busyCycle}
              onSkip={(cycle) => {
                acts.ask({ act: "skip", cycle });
              }}
              onUnskip={acts.unskip}
            />
            <ChargesCard
              billing={billing}
              customer={contract.customerName ?? contract.customerEmail ?? contract.number}
              renews={next !== null}
              onAsk={money.ask}
            />
            <HistoryCard history={contract.history} />
          </BlockStack>
        </Layout.Section>
        <Layout.Section variant="oneThird">
          <BlockStack gap="400">
            <ExtraCards contract={contract} oneOffs={oneOffs} waiting={waiting} />
            <SideCards contract={contract} />
            <ConsentCard consents={consents} />
          </BlockStack>
        </Layout.Section>
      </Layout>
      <ConfirmModal
        open={asked !== null}
        title={asked?.title ?? ""}
        paragraphs={asked?.paragraphs ?? []}
        action={asked?.action ?? ""}
        destructive={asked?.destructive ?? false}
        keep={asked?.keep}
        busy={acts.busy}
        onConfirm={acts.confirm}
        onClose={acts.dismiss}
      />
      <BillingModal acts={money} />
    </Page>
  );
}
