import { BlockStack, Text } from "@shopify/polaris";

import { useFormat, useT } from "~/ui/i18n";

import type { PageOf, WaitingItem } from "../overview/views";
import { AttentionList, ContractLink } from "./attention-list";
import { waitingText } from "./waiting-text";

/** Due renewals that are put off: they go on by themselves, so there is nothing to press. */
export function WaitingCard({ waiting }: { waiting: PageOf<WaitingItem> }) {
  const t = useT();
  return (
    <AttentionList
      title={t("billing.waitingTitle")}
      none={t("billing.waitingNone")}
      page={waiting}
      parameter="waiting"
      render={(item) => <Waiting item={item} />}
    />
  );
}

function Waiting({ item }: { item: WaitingItem }) {
  const t = useT();
  const format = useFormat();
  return (
    <div className="pn-matter">
      <BlockStack gap="100">
        <ContractLink contract={item.contract} />
        <Text as="p">{waitingText(item.reason, item.missing, t, format)}</Text>
        <Text as="p" tone="subdued">
          {t("billing.waitingAgain", { at: format.dateTime(item.until) })}
        </Text>
      </BlockStack>
      <BlockStack gap="100">
        <Text as="span" numeric>
          {t("billing.beforeTax", { amount: format.money(item.amount) })}
        </Text>
        <Text as="span" tone="subdued" variant="bodySm">
          {t("billing.orderOf", { date: format.shortDate(item.expectedAt) })}
        </Text>
      </BlockStack>
    </div>
  );
}
