import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData, useNavigate } from "@remix-run/react";
import { BlockStack, Box, Card, EmptyState, InlineStack, Page, Pagination, Tabs, Text } from "@shopify/polaris";

import { ContractList } from "~/contracts/components/contract-list";
import { SearchField } from "~/contracts/components/search-field";
import { filterOf, listStateOf, listUrl, tabs } from "~/contracts/list-filter";
import type { ListState, Tab } from "~/contracts/list-filter";
import { listContracts } from "~/contracts/queries.server";
import { authenticateAdmin } from "~/shopify/authenticate.server";
import { EmptyPicture } from "~/ui/empty-picture";
import { useT } from "~/ui/i18n";
import type { TextKey } from "~/ui/texts";

export async function loader({ request }: LoaderFunctionArgs) {
  const { ctx, shop } = await authenticateAdmin(request);
  const state = listStateOf(new URL(request.url).searchParams);
  return { state, contracts: await listContracts(ctx, shop, filterOf(state)) };
}

const tabKeys: Record<Tab, TextKey> = {
  all: "contracts.tabAll",
  active: "contracts.tabActive",
  paused: "contracts.tabPaused",
  attention: "contracts.tabAttention",
  cancelled: "contracts.tabCancelled",
};

export default function Contracts() {
  const { state, contracts } = useLoaderData<typeof loader>();
  const t = useT();
  const navigate = useNavigate();
  const show = (changes: Partial<ListState>) => {
    navigate(listUrl({ ...state, page: 1, ...changes }), { preventScrollReset: true });
  };

  if (contracts.total === 0 && state.tab === "all" && state.search === "") {
    return (
      <Page title={t("contracts.title")}>
        <Card>
          <EmptyState
            heading={t("contracts.emptyTitle")}
            action={{ content: t("contracts.emptyButton"), url: "/app/plans" }}
            image={EmptyPicture}
          >
            <p>{t("contracts.empty")}</p>
          </EmptyState>
        </Card>
      </Page>
    );
  }

  const pages = Math.max(1, Math.ceil(contracts.total / contracts.pageSize));
  return (
    <Page title={t("contracts.title")} fullWidth>
      <Card padding="0">
        <Tabs
          tabs={tabs.map((tab) => ({ id: `tab-${tab}`, content: t(tabKeys[tab]), panelID: "contracts" }))}
          selected={tabs.indexOf(state.tab)}
          onSelect={(index) => {
            show({ tab: tabs[index] ?? "all" });
          }}
        />
        <Box paddingInline="300" paddingBlockEnd="300">
          <SearchField
            value={state.search}
            onSearch={(search) => {
              show({ search });
            }}
          />
        </Box>
        <div id="contracts">
          {contracts.items.length === 0 ? (
            <Box padding="600">
              <BlockStack gap="100" inlineAlign="center">
                <Text as="h2" variant="headingMd">
                  {t("contracts.noMatchTitle")}
                </Text>
                <Text as="p" tone="subdued">
                  {t("contracts.noMatch")}
                </Text>
              </BlockStack>
            </Box>
          ) : (
            <ContractList items={contracts.items} />
          )}
        </div>
        <Box padding="300">
          <InlineStack align="space-between" blockAlign="center" gap="300">
            <Text as="p" tone="subdued">
              {t("contracts.total", { count: contracts.total })}
            </Text>
            {pages > 1 ? (
              <Pagination
                label={t("contracts.pageOf", { page: contracts.page, pages })}
                accessibilityLabels={{ previous: t("common.previousPage"), next: t("common.nextPage") }}
                hasPrevious={contracts.page > 1}
                hasNext={contracts.page < pages}
                onPrevious={() => {
                  show({ page: contracts.page - 1 });
                }}
                onNext={() => {
                  show({ page: contracts.page + 1 });
                }}
              />
            ) : null}
          </InlineStack>
        </Box>
      </Card>
    </Page>
  );
}
