import { BlockStack, Button, Collapsible, InlineStack, Link, Text } from "@shopify/polaris";
import { useId, useState } from "react";

import type { ChargeAttempt } from "~/billing/overview/views";
import { useFormat, useT } from "~/ui/i18n";
import { orderUrl } from "~/ui/shopify-links";

import { declineText } from "./decline-text";
import { AttemptBadge } from "./status-badges";

/** Every attempt of a charge: number, when, what came of it, and the order it made. */
export function Attempts({ attempts, open: startsOpen }: { attempts: ChargeAttempt[]; open: boolean }) {
  const t = useT();
  const id = useId();
  const [open, setOpen] = useState(startsOpen);
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
        <ol className="pn-list">
          {attempts.map((attempt) => (
            <li key={attempt.id}>
              <Attempt attempt={attempt} />
            </li>
          ))}
        </ol>
      </Collapsible>
    </BlockStack>
  );
}

function Attempt({ attempt }: { attempt: ChargeAttempt }) {
  const t = useT();
  const format = useFormat();
  const { orderId, orderName, errorCode } = attempt;
  return (
    <InlineStack gap="200" blockAlign="center">
      <Text as="span">
        {t("contracts.attempt", { number: attempt.number, at: format.dateTime(attempt.createdAt) })}
      </Text>
      <AttemptBadge state={attempt.state} />
      {errorCode ? (
        <Text as="span" tone="subdued">
          {declineText(errorCode, t)}
        </Text>
      ) : null}
      {orderId && orderName ? (
        <Link url={orderUrl(orderId)} target="_top">
          {t("contracts.attemptOrder", { order: orderName })}
        </Link>
      ) : null}
    </InlineStack>
  );
}
