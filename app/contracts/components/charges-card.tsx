import { BlockStack, Card, InlineStack, Link, Text } from "@shopify/polaris";

import type { BillingQuestion } from "~/billing/components/billing-questions";
import { parkedAdvice } from "~/billing/components/parked-advice";
import { ResolveButtons } from "~/billing/components/resolve-buttons";
import type { ChargeDetail, ContractBilling } from "~/billing/overview/views";
import { asSentence } from "~/lib/format";
import { useFormat, useT } from "~/ui/i18n";
import { FoldedList } from "~/ui/folded-list";
import { orderUrl } from "~/ui/shopify-links";

import { Attempts } from "./attempts";
import { FailedCharge } from "./failed-charge";
import { parkedText } from "./parked-text";
import { skippedText } from "./skipped-text";
import { ChargeBadge } from "./status-badges";

/** A year of monthly renewals. */
const CHARGES_SHOWN = 12;

interface ChargesCardProps {
  billing: ContractBilling;
  /** For buttons' names. */
  customer: string;
  /** Another order will come. */
  renews: boolean;
  onAsk: (question: BillingQuestion) => void;
}

/** The ledger of the subscription, newest first: what was meant to be taken, every attempt, the order it brought. */
export function ChargesCard({ billing, customer, renews, onAsk }: ChargesCardProps) {
  const t = useT();
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("contracts.ordersTitle")}
        </Text>
        {billing.charges.length === 0 ? (
          <Text as="p" tone="subdued">
            {t(renews ? "contracts.ordersNoneNext" : "contracts.ordersNone")}
          </Text>
        ) : (
          <FoldedList
            items={billing.charges}
            limit={CHARGES_SHOWN}
            className="pn-list pn-list--lined"
            render={(charge) => <Charge charge={charge} billing={billing} customer={customer} onAsk={onAsk} />}
          />
        )}
      </BlockStack>
    </Card>
  );
}

type ChargeProps = Pick<ChargesCardProps, "billing" | "customer" | "onAsk"> & { charge: ChargeDetail };

function Charge({ charge, billing, customer, onAsk }: ChargeProps) {
  const { standing, state } = charge;
  return (
    <BlockStack gap="200">
      <Heading charge={charge} />
      {standing ? (
        <FailedCharge charge={charge} standing={standing} dunningEnd={billing.dunningEnd} onAsk={onAsk} />
      ) : null}
      {state === "PARKED" ? <HeldBack charge={charge} customer={customer} onAsk={onAsk} /> : null}
      {charge.attempts.length > 0 && !charge.imported ? (
        <Attempts attempts={charge.attempts} open={standing !== null} />
      ) : null}
    </BlockStack>
  );
}

function Heading({ charge }: { charge: ChargeDetail }) {
  const t = useT();
  const format = useFormat();
  const details = [
    // Without an order the heading is the date already.
    ...(charge.orderId ? [format.date(charge.paidAt ?? charge.expectedAt)] : []),
    ...(charge.imported ? [t("contracts.imported")] : []),
    ...(charge.state === "SKIPPED" ? [asSentence(skippedText(charge.skippedReason, t))] : []),
    ...(charge.differsBy ? [t("contracts.differs", { by: format.money(charge.differsBy) })] : []),
  ];
  return (
    <div className="pn-row">
      <div className="pn-text">
        <InlineStack gap="200" blockAlign="center">
          {charge.orderId ? (
            <Link url={orderUrl(charge.orderId)} target="_top">
              {charge.orderName ?? t("contracts.chargeOf", { date: format.date(charge.expectedAt) })}
            </Link>
          ) : (
            <Text as="span">{t("contracts.chargeOf", { date: format.date(charge.expectedAt) })}</Text>
          )}
          <ChargeBadge state={charge.state} />
        </InlineStack>
        {details.length > 0 ? (
          <Text as="p" tone="subdued" variant="bodySm">
            {details.join(" · ")}
          </Text>
        ) : null}
      </div>
      <Text as="span" numeric alignment="end">
        {charge.paidAmount
          ? format.money(charge.paidAmount)
          : t("contracts.expectedAmount", { amount: format.money(charge.expectedAmount) })}
      </Text>
    </div>
  );
}

function HeldBack({ charge, customer, onAsk }: Pick<ChargeProps, "charge" | "customer" | "onAsk">) {
  const t = useT();
  const format = useFormat();
  const { parkedReason: reason, expectedAmount: amount } = charge;
  return (
    <>
      <Text as="p">{asSentence(parkedText(reason, t))}.</Text>
      <Text as="p" tone="subdued">
        {parkedAdvice({ ...charge, reason, amount }, t, format)}
      </Text>
      <ResolveButtons charge={{ ...charge, reason, customer }} onAsk={onAsk} />
    </>
  );
}
