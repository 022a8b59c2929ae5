import { BlockStack, Text } from "@shopify/polaris";

import { parkedText } from "~/contracts/components/parked-text";
import { asSentence } from "~/lib/format";
import { useFormat, useT } from "~/ui/i18n";

import type { PageOf, ParkedItem } from "../overview/views";
import { AttentionList, ContractLink } from "./attention-list";
import type { BillingQuestion } from "./billing-questions";
import { parkedAdvice } from "./parked-advice";
import { ResolveButtons } from "./resolve-buttons";

interface ParkedCardProps {
  parked: PageOf<ParkedItem>;
  onAsk: (question: BillingQuestion) => void;
}

/** Charges that wait for a person, with why, and the buttons that settle each. */
export function ParkedCard({ parked, onAsk }: ParkedCardProps) {
  const t = useT();
  return (
    <AttentionList
      title={t("billing.parkedTitle")}
      none={t("billing.parkedNone")}
      page={parked}
      parameter="parked"
      render={(item) => <Parked item={item} onAsk={onAsk} />}
    />
  );
}

function Parked({ item, onAsk }: { item: ParkedItem; onAsk: ParkedCardProps["onAsk"] }) {
  const t = useT();
  const format = useFormat();
  const { contract, expectedAt, reason, since } = item;
  return (
    <BlockStack gap="200">
      <div className="pn-matter">
        <BlockStack gap="100">
          <ContractLink contract={contract} />
          <Text as="p">{asSentence(parkedText(reason, t))}.</Text>
          <Text as="p" tone="subdued">
            {parkedAdvice(item, t, format)}
          </Text>
        </BlockStack>
        <BlockStack gap="100">
          <Text as="span" numeric>
            {t("billing.beforeTax", { amount: format.money(item.amountNow) })}
          </Text>
          <Text as="span" tone="subdued" variant="bodySm">
            {t("billing.orderOf", { date: format.shortDate(expectedAt) })}
          </Text>
          <Text as="span" tone="subdued" variant="bodySm">
            {t("billing.parkedSince", { date: format.shortDate(since) })}
          </Text>
        </BlockStack>
      </div>
      <ResolveButtons charge={{ ...item, customer: contract.customer ?? contract.number }} onAsk={onAsk} />
    </BlockStack>
  );
}
