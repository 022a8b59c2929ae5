import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { Link, useLoaderData } from "@remix-run/react";
import { BlockStack, Card, Layout, Page, Text } from "@shopify/polaris";
import { z } from "zod";

import { ContractBadges } from "~/contracts/components/status-badges";
import { contractUrl } from "~/contracts/list-filter";
import { contractDetail } from "~/contracts/queries.server";
import { LONGEST_NOTE } from "~/portal/case-views";
import type { CaseView, SettleOutcome } from "~/portal/case-views";
import { caseOf, settleCase } from "~/portal/cases.server";
import { CaseBadges } from "~/portal/components/case-badges";
import { SettleCard } from "~/portal/components/settle-card";
import { useSettle } from "~/portal/components/use-settle";
import { authenticateAdmin } from "~/shopify/authenticate.server";
import { useFormat, useT } from "~/ui/i18n";

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { ctx, shop } = await authenticateAdmin(request);
  const found = await caseOf(ctx, shop, params.id ?? "");
  if (!found) throw new Response(null, { status: 404 });
  const contract = found.contractId === null ? null : await contractDetail(ctx, shop, found.contractId);
  return {
    found,
    contract: contract && {
      number: contract.number,
      status: contract.status,
      attention: contract.attention,
      title: contract.lines.map(({ title }) => title).join(", "),
      customer: contract.customerName ?? contract.customerEmail,
    },
  };
}

const body = z.object({
  outcome: z.enum(["SETTLED", "DECLINED"]),
  note: z.string().max(LONGEST_NOTE),
  cancel: z.enum(["true", "false"]).transform((value) => value === "true"),
});

export async function action({ request, params }: ActionFunctionArgs): Promise<SettleOutcome> {
  const { ctx, shop } = await authenticateAdmin(request);
  const settling = body.parse(Object.fromEntries(await request.formData()));
  return settleCase(ctx, shop, params.id ?? "", settling);
}

export default function Case() {
  const { found, contract } = useLoaderData<typeof loader>();
  const t = useT();
  const format = useFormat();
  const settle = useSettle();
  const runs = contract !== null && !["CANCELLED", "EXPIRED"].includes(contract.status);

  return (
    <Page
      title={found.name || found.reference || t("cases.title")}
      titleMetadata={<CaseBadges kind={found.kind} state={found.state} />}
      subtitle={t("cases.received", { at: format.dateTime(found.receivedAt) })}
      backAction={{ content: t("cases.title"), url: "/app/cases" }}
    >
      <Layout>
        <Layout.Section>
          <BlockStack gap="400">
            <DeclaredCard found={found} />
            {found.state === "OPEN" ? (
              <SettleCard found={found} canCancel={runs} settle={settle} />
            ) : (
              <SettledCard found={found} />
            )}
          </BlockStack>
        </Layout.Section>
        <Layout.Section variant="oneThird">
          <Card>
            <BlockStack gap="200">
              <Text as="h2" variant="headingSm">
                {t("cases.subscriptionTitle")}
              </Text>
              {contract ? (
                <div className="pn-text">
                  <Link className="pn-link" to={contractUrl(contract)}>
                    {contract.title}
                  </Link>
                  <Text as="p">{contract.customer}</Text>
                  <ContractBadges status={contract.status} attention={contract.attention} />
                </div>
              ) : (
                <>
                  <Text as="p" tone="subdued">
                    {t("cases.subscriptionNone")}
                  </Text>
                  <Link className="pn-link" to={`/app/contracts?${new URLSearchParams({ q: found.email }).toString()}`}>
                    {t("cases.subscriptionSearch")}
                  </Link>
                </>
              )}
            </BlockStack>
          </Card>
        </Layout.Section>
      </Layout>
    </Page>
  );
}

function DeclaredCard({ found }: { found: CaseView }) {
  const t = useT();
  const format = useFormat();
  const ends = found.endsOn === null ? null : /^\d/.test(found.endsOn) ? format.day(found.endsOn) : t("cases.soon");
  const facts: [string, string | null][] = [
    [t("cases.name"), found.name],
    [t("cases.email"), found.email],
    [t("cases.reference"), found.reference],
    [t("cases.ends"), ends],
    [t("cases.message"), found.message],
  ];
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("cases.declaredTitle")}
        </Text>
        <dl className="pn-facts">
          {facts.map(([label, value]) =>
            value ? (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ) : null,
          )}
        </dl>
        <Text as="p" tone="subdued" variant="bodySm">
          {found.receiptSentAt === null
            ? t("cases.receiptWaits")
            : t("cases.receiptSent", { at: format.dateTime(found.receiptSentAt) })}
        </Text>
      </BlockStack>
    </Card>
  );
}

function SettledCard({ found }: { found: CaseView }) {
  const t = useT();
  const format = useFormat();
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingMd">
          {t(`cases.state_${found.state}`)}
        </Text>
        {found.settledAt ? <Text as="p">{t("cases.settledAt", { at: format.dateTime(found.settledAt) })}</Text> : null}
        {found.note ? (
          <div className="pn-text">
            <Text as="p" tone="subdued">
              {t("cases.noteShown")}
            </Text>
            <Text as="p">{found.note}</Text>
          </div>
        ) : null}
      </BlockStack>
    </Card>
  );
}
