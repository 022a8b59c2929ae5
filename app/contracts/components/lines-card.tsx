import { BlockStack, Card, Divider, InlineStack, Text, Thumbnail } from "@shopify/polaris";
import { ImageIcon } from "@shopify/polaris-icons";

import { useFormat, useT } from "~/ui/i18n";

import type { ContractView, LineView } from "../views";

/** What each order brings and what it takes, before tax. */
export function LinesCard({ contract }: { contract: ContractView }) {
  const t = useT();
  const format = useFormat();
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("contracts.productsTitle")}
        </Text>
        <ul className="pn-list">
          {contract.lines.map((line) => (
            <li key={`${line.variantId ?? ""} ${line.title} ${line.variantTitle ?? ""} ${line.sellingPlanName ?? ""}`}>
              <Line line={line} />
            </li>
          ))}
        </ul>
        <Divider />
        <BlockStack gap="100">
          <Sum label={t("contracts.subtotal")} amount={format.money(contract.subtotal)} />
          <Sum label={t("contracts.deliveryPrice")} amount={format.money(contract.deliveryPrice)} />
          <Sum label={t("contracts.perRenewal")} amount={format.money(contract.amount)} strong />
        </BlockStack>
        <Text as="p" tone="subdued" variant="bodySm">
          {t("contracts.taxNote")}
        </Text>
      </BlockStack>
    </Card>
  );
}

function Line({ line }: { line: LineView }) {
  const t = useT();
  const format = useFormat();
  const details = [line.variantTitle, line.sku, line.sellingPlanName].filter(Boolean).join(" · ");
  return (
    <div className="pn-row">
      <InlineStack gap="300" blockAlign="center" wrap={false}>
        <Thumbnail source={line.imageUrl ?? ImageIcon} alt="" size="small" />
        <div className="pn-text">
          <Text as="p" fontWeight="medium">
            {line.title}
          </Text>
          {details ? (
            <Text as="p" tone="subdued" variant="bodySm">
              {details}
            </Text>
          ) : null}
        </div>
      </InlineStack>
      <BlockStack inlineAlign="end">
        <Text as="span" numeric>
          {format.money(line.total)}
        </Text>
        {line.quantity > 1 ? (
          <Text as="span" tone="subdued" variant="bodySm" numeric>
            {t("contracts.quantity", { count: line.quantity })} {format.money(line.price)}
          </Text>
        ) : null}
      </BlockStack>
    </div>
  );
}

function Sum({ label, amount, strong = false }: { label: string; amount: string; strong?: boolean }) {
  const weight = strong ? "semibold" : "regular";
  return (
    <div className="pn-total">
      <Text as="span" fontWeight={weight}>
        {label}
      </Text>
      <Text as="span" fontWeight={weight} numeric>
        {amount}
      </Text>
    </div>
  );
}
