import { BlockStack, IndexTable, InlineStack, Text, useBreakpoints } from "@shopify/polaris";
import { Link } from "@remix-run/react";

import { asSentence } from "~/lib/format";
import { useFormat, useT } from "~/ui/i18n";

import { contractUrl } from "../list-filter";
import type { ContractListItem } from "../views";
import { ContractBadges } from "./status-badges";

/** A page of subscriptions; on a phone each is a small card rather than a row. */
export function ContractList({ items }: { items: ContractListItem[] }) {
  const t = useT();
  const { smDown } = useBreakpoints();
  return (
    <IndexTable
      condensed={smDown}
      selectable={false}
      itemCount={items.length}
      resourceName={{
        singular: t("contracts.resource", { count: 1 }),
        plural: t("contracts.resource", { count: 2 }),
      }}
      headings={[
        { title: t("contracts.columnCustomer") },
        { title: t("contracts.columnStatus") },
        { title: t("contracts.columnProducts") },
        { title: t("contracts.columnFrequency") },
        { title: t("contracts.columnNext") },
        { title: t("contracts.columnAmount"), alignment: "end" },
      ]}
    >
      {items.map((item, position) =>
        smDown ? (
          <CondensedRow key={item.id} item={item} position={position} />
        ) : (
          <Row key={item.id} item={item} position={position} />
        ),
      )}
    </IndexTable>
  );
}

interface RowProps {
  item: ContractListItem;
  position: number;
}

function Row({ item, position }: RowProps) {
  const t = useT();
  const format = useFormat();
  return (
    <IndexTable.Row id={item.id} position={position}>
      <IndexTable.Cell>
        <CustomerLink item={item} />
      </IndexTable.Cell>
      <IndexTable.Cell>
        <ContractBadges status={item.status} attention={item.attention} />
      </IndexTable.Cell>
      <IndexTable.Cell className="pn-cell">
        <Products item={item} />
      </IndexTable.Cell>
      <IndexTable.Cell>{asSentence(format.interval(item.frequency.interval, item.frequency.count))}</IndexTable.Cell>
      <IndexTable.Cell>
        {item.nextBillingAt ? format.shortDate(item.nextBillingAt) : t("contracts.noNext")}
      </IndexTable.Cell>
      <IndexTable.Cell>
        <Text as="span" alignment="end" numeric>
          {format.money(item.amount)}
        </Text>
      </IndexTable.Cell>
    </IndexTable.Row>
  );
}

function CondensedRow({ item, position }: RowProps) {
  const format = useFormat();
  const { frequency, nextBillingAt } = item;
  const facts = [
    format.money(item.amount),
    format.interval(frequency.interval, frequency.count),
    ...(nextBillingAt ? [format.shortDate(nextBillingAt)] : []),
  ];
  return (
    <IndexTable.Row id={item.id} position={position}>
      <div className="pn-condensed">
        <BlockStack gap="100">
          <InlineStack gap="200" align="space-between" blockAlign="center">
            <CustomerLink item={item} />
            <ContractBadges status={item.status} attention={item.attention} />
          </InlineStack>
          <Products item={item} />
          <Text as="span" tone="subdued">
            {facts.join(" · ")}
          </Text>
        </BlockStack>
      </div>
    </IndexTable.Row>
  );
}

function CustomerLink({ item }: { item: ContractListItem }) {
  const t = useT();
  return (
    <BlockStack>
      {/* data-primary-link makes the whole row lead there. */}
      <Link className="pn-link" to={contractUrl(item)} data-primary-link prefetch="intent">
        {item.customerName ?? item.customerEmail ?? t("contracts.noCustomer")}
      </Link>
      <Text as="span" tone="subdued" variant="bodySm">
        {item.number}
      </Text>
    </BlockStack>
  );
}

function Products({ item }: { item: ContractListItem }) {
  const t = useT();
  const [first] = item.lines;
  if (!first) return null;
  const more = item.lines.length - 1;
  return (
    <div className="pn-text">
      <Text as="span">
        {first.quantity > 1 ? `${t("contracts.quantity", { count: first.quantity })} ` : ""}
        {first.title}
        {more > 0 ? ` ${t("contracts.lineMore", { count: more })}` : ""}
      </Text>
      {first.variantTitle ? (
        <Text as="p" tone="subdued" variant="bodySm">
          {first.variantTitle}
        </Text>
      ) : null}
    </div>
  );
}
