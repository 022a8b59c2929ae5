import { BlockStack, Card, InlineStack, Link, Pagination, Text } from "@shopify/polaris";
import { useNavigate, useSearchParams } from "@remix-run/react";
import type { ReactNode } from "react";

import { contractUrl } from "~/contracts/list-filter";
import { useT } from "~/ui/i18n";

import type { ContractRef, PageOf } from "../overview/views";

interface AttentionListProps<Item> {
  title: string;
  /** Said when there is nothing: what would be here, so that the place is known before it is needed. */
  none: string;
  page: PageOf<Item>;
  /** The page's number in the address. */
  parameter: "parked" | "failing" | "waiting";
  render: (item: Item) => ReactNode;
}

/** A card with one page of what somebody may want to look at. */
export function AttentionList<Item extends { id: string }>(props: AttentionListProps<Item>) {
  const { title, none, page, parameter, render } = props;
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {page.total > 0 ? `${title} (${page.total})` : title}
        </Text>
        {page.total === 0 ? (
          <Text as="p" tone="subdued">
            {none}
          </Text>
        ) : (
          <ul className="pn-list pn-list--lined">
            {page.items.map((item) => (
              <li key={item.id}>{render(item)}</li>
            ))}
          </ul>
        )}
        <Pages page={page} parameter={parameter} />
      </BlockStack>
    </Card>
  );
}

function Pages({ page, parameter }: { page: PageOf<unknown>; parameter: string }) {
  const t = useT();
  const navigate = useNavigate();
  const [search] = useSearchParams();
  const pages = Math.ceil(page.total / page.pageSize);
  if (pages <= 1) return null;
  const show = (number: number) => {
    const next = new URLSearchParams(search);
    next.set(parameter, String(number));
    navigate(`?${next}`, { preventScrollReset: true });
  };
  return (
    <InlineStack align="end">
      <Pagination
        label={t("billing.page", { page: page.page, pages })}
        accessibilityLabels={{ previous: t("common.previousPage"), next: t("common.nextPage") }}
        hasPrevious={page.page > 1}
        hasNext={page.page < pages}
        onPrevious={() => {
          show(page.page - 1);
        }}
        onNext={() => {
          show(page.page + 1);
        }}
      />
    </InlineStack>
  );
}

/** Whose subscription it is, as a link to it, and what it is of. */
export function ContractLink({ contract }: { contract: ContractRef }) {
  const t = useT();
  const [first] = contract.titles;
  const more = contract.titles.length - 1;
  return (
    <InlineStack gap="200" blockAlign="baseline">
      <Link url={contractUrl(contract)}>{contract.customer ?? t("billing.customerNone")}</Link>
      {first ? (
        <Text as="span" tone="subdued" variant="bodySm">
          {more > 0 ? t("billing.lineMore", { title: first, count: more }) : first}
        </Text>
      ) : null}
    </InlineStack>
  );
}
