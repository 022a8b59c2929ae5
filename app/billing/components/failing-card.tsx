import { BlockStack, Button, Link, Text } from "@shopify/polaris";

import { declineText } from "~/contracts/components/decline-text";
import { asSentence } from "~/lib/format";
import { useFormat, useT } from "~/ui/i18n";

import type { FailingItem, PageOf } from "../overview/views";
import { AttentionList, ContractLink } from "./attention-list";
import type { BillingQuestion } from "./billing-questions";
import { standingText } from "./standing-text";

interface FailingCardProps {
  failing: PageOf<FailingItem>;
  onAsk: (question: BillingQuestion) => void;
}

/** Payments that were declined: why, how often they were tried, and when they are tried next. */
export function FailingCard({ failing, onAsk }: FailingCardProps) {
  const t = useT();
  return (
    <AttentionList
      title={t("billing.failingTitle")}
      none={t("billing.failingNone")}
      page={failing}
      parameter="failing"
      render={(item) => <Failing item={item} onAsk={onAsk} />}
    />
  );
}

function Failing({ item, onAsk }: { item: FailingItem; onAsk: FailingCardProps["onAsk"] }) {
  const t = useT();
  const format = useFormat();
  const { id, contract, expectedAt, amount, standing } = item;
  return (
    <div className="pn-matter">
      <BlockStack gap="100">
        <ContractLink contract={contract} />
        {standing.stage === "APPROVAL" ? null : <Text as="p">{asSentence(declineText(standing.errorCode, t))}.</Text>}
        <Text as="p" tone="subdued">
          {standingText(standing, t, format)}
        </Text>
        {standing.stage === "APPROVAL" && standing.url ? (
          <Link url={standing.url} target="_blank">
            {t("billing.approvalLink")}
          </Link>
        ) : null}
      </BlockStack>
      <div className="pn-matter__side">
        <BlockStack gap="100">
          <Text as="span" numeric>
            {t("billing.beforeTax", { amount: format.money(amount) })}
          </Text>
          <Text as="span" tone="subdued" variant="bodySm">
            {t("billing.orderOf", { date: format.shortDate(expectedAt) })}
          </Text>
        </BlockStack>
        {standing.stage === "APPROVAL" ? null : (
          <Button
            accessibilityLabel={t("billing.retryFor", { customer: contract.customer ?? contract.number })}
            onClick={() => {
              onAsk({ act: "retry", chargeId: id, expectedAt, amount, stage: standing.stage });
            }}
          >
            {t("billing.retry")}
          </Button>
        )}
      </div>
    </div>
  );
}
