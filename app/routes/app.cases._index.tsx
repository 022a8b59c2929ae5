import type { LoaderFunctionArgs } from "@remix-run/node";
import { Link, useLoaderData, useNavigate } from "@remix-run/react";
import { BlockStack, Box, Card, InlineStack, Page, Pagination, Tabs, Text } from "@shopify/polaris";
import { z } from "zod";

import { listCases } from "~/portal/cases.server";
import { CaseBadges } from "~/portal/components/case-badges";
import { authenticateAdmin } from "~/shopify/authenticate.server";
import { useFormat, useT } from "~/ui/i18n";

const MAX_PAGE = 10_000;
const query = z.object({
  state: z.enum(["open", "settled"]).catch("open"),
  page: z.coerce.number().int().min(1).max(MAX_PAGE).catch(1),
});

export async function loader({ request }: LoaderFunctionArgs) {
  const { ctx, shop } = await authenticateAdmin(request);
  const { state, page } = query.parse(Object.fromEntries(new URL(request.url).searchParams));
  return { state, cases: await listCases(ctx, shop, { open: state === "open", page }) };
}

const TABS = ["open", "settled"] as const;

export default function Cases() {
  const { state, cases } = useLoaderData<typeof loader>();
  const t = useT();
  const format = useFormat();
  const navigate = useNavigate();
  const show = (tab: (typeof TABS)[number], page = 1) => {
    navigate(`/app/cases?state=${tab}&page=${page}`, { preventScrollReset: true });
  };
  const pages = Math.max(1, Math.ceil(cases.total / cases.pageSize));

  return (
    <Page title={t("cases.title")} subtitle={t("cases.lead")}>
      <Card padding="0">
        <Tabs
          tabs={[
            { id: "tab-open", content: t("cases.tabOpen"), badge: String(cases.open), panelID: "cases" },
            { id: "tab-settled", content: t("cases.tabSettled"), panelID: "cases" },
          ]}
          selected={TABS.indexOf(state)}
          onSelect={(index) => {
            show(TABS[index] ?? "open");
          }}
        />
        <div id="cases">
          <Box padding="400">
            {cases.items.length === 0 ? (
              <Text as="p" tone="subdued">
                {t(state === "open" ? "cases.none" : "cases.noneSettled")}
              </Text>
            ) : (
              <ul className="pn-list pn-list--lined">
                {cases.items.map((item) => (
                  <li key={item.id} className="pn-row">
                    <div className="pn-text">
                      <Link className="pn-link" to={`/app/cases/${item.id}`} prefetch="intent">
                        {item.name || item.reference || item.id}
                      </Link>
                      <Text as="p" tone="subdued" variant="bodySm">
                        {[
                          item.reference,
                          t("cases.received", { at: format.dateTime(item.receivedAt) }),
                          t(item.contractId === null ? "cases.unmatched" : "cases.matched"),
                        ]
                          .filter(Boolean)
                          .join(" · ")}
                      </Text>
                    </div>
                    <CaseBadges kind={item.kind} state={item.state} />
                  </li>
                ))}
              </ul>
            )}
          </Box>
        </div>
        <Box padding="300">
          <InlineStack align="space-between" blockAlign="center" gap="300">
            <BlockStack>
              <Text as="p" tone="subdued">
                {t("cases.total", { count: cases.total })}
              </Text>
            </BlockStack>
            {pages > 1 ? (
              <Pagination
                label={t("cases.page", { page: cases.page, pages })}
                accessibilityLabels={{ previous: t("common.previousPage"), next: t("common.nextPage") }}
                hasPrevious={cases.page > 1}
                hasNext={cases.page < pages}
                onPrevious={() => {
                  show(state, cases.page - 1);
                }}
                onNext={() => {
                  show(state, cases.page + 1);
                }}
              />
            ) : null}
          </InlineStack>
        </Box>
      </Card>
    </Page>
  );
}
