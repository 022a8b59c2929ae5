import { BlockStack, Button, Card, Collapsible, InlineStack, Link, Text } from "@shopify/polaris";
import { useId, useState } from "react";

import { asSentence } from "~/lib/format";
import { useFormat, useT } from "~/ui/i18n";
import { FoldedList } from "~/ui/folded-list";
import { orderUrl } from "~/ui/shopify-links";

import type { AttemptView, ChargeView } from "../views";
import { declineText } from "./decline-text";
import { parkedText } from "./parked-text";
import { AttemptBadge, ChargeBadge } from "./status-badges";

/** A year of monthly renewals. */
const CHARGES_SHOWN = 12;

/** The ledger of the subscription, newest first: what was meant to be taken, every attempt, the order it brought. */
export function ChargesCard({ charges, renews }: { charges: ChargeView[]; renews: boolean }) {
  const t = useT();
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("contracts.ordersTitle")}
        </Text>
        {charges.length === 0 ? (
          <Text as="p" tone="subdued">
            {t(renews ? "contracts.ordersNoneNext" : "contracts.ordersNone")}
          </Text>
        ) : (
          <FoldedList
            items={charges}
            limit={CHARGES_SHOWN}
            className="pn-list pn-list--lined"
            render={(charge) => <Charge charge={charge} />}
          />
        )}
      </BlockStack>
    </Card>
  );
}

function Charge({ charge }: { charge: ChargeView }) {
  const t = useT();
  const format = useFormat();
  const reason =
    charge.state === "FAILED"
      ? declineText(charge.errorCode, t)
      : charge.state === "PARKED"
        ? parkedText(charge.parkedReason, t)
        : null;
  const details = [
    // Without an order the heading is the date already.
    ...(charge.orderId ? [format.date(charge.paidAt ?? charge.expectedAt)] : []),
    ...(charge.imported ? [t("contracts.imported")] : []),
  ];
  return (
    <BlockStack gap="200">
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
          {reason ? <Text as="p">{asSentence(reason)}</Text> : null}
        </div>
        <Text as="span" numeric alignment="end">
          {charge.paidAmount
            ? format.money(charge.paidAmount)
            : t("contracts.expectedAmount", { amount: format.money(charge.expectedAmount) })}
        </Text>
      </div>
      {charge.attempts.length > 0 && !charge.imported ? <Attempts attempts={charge.attempts} /> : null}
    </BlockStack>
  );
}

function Attempts({ attempts }: { attempts: AttemptView[] }) {
  const t = useT();
  const format = useFormat();
  const id = useId();
  const [open, setOpen] = useState(false);
  return (
    <BlockStack gap="200" inlineAlign="start">
      <Button
        variant="plain"
        ariaExpanded={open}
        ariaControls={id}
        disclosure={open ? "up" : "down"}
        onClick={() => {
          setOpen(!open);
        }}
      >
        {open ? t("contracts.attemptsHide") : t("contracts.attemptsShow", { count: attempts.length })}
      </Button>
      <Collapsible id={id} open={open}>
        <ul className="pn-list">
          {attempts.map((attempt) => (
            <li key={attempt.id}>
              <InlineStack gap="200" blockAlign="center">
                <Text as="span">
                  {t("contracts.attempt", { number: attempt.number, at: format.dateTime(attempt.createdAt) })}
                </Text>
                <AttemptBadge state={attempt.state} />
                {attempt.errorCode ? (
                  <Text as="span" tone="subdued">
                    {declineText(attempt.errorCode, t)}
                  </Text>
                ) : null}
              </InlineStack>
            </li>
          ))}
        </ul>
      </Collapsible>
    </BlockStack>
  );
}
