import { BlockStack, Card, Link, ProgressBar, Text } from "@shopify/polaris";

import { heldText } from "~/contracts/components/held-text";
import { useT } from "~/ui/i18n";

import { doneToday } from "../overview/today";
import type { BillingGlance } from "../overview/views";

const TITLE = "home-billing";

/** How billing goes, and whether it needs anybody: the way to the billing page. */
export function BillingCard({ billing }: { billing: BillingGlance }) {
  const t = useT();
  const { today, failing, parked, heldReason } = billing;
  const { count } = today.all;
  const done = doneToday(today);
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingSm" id={TITLE}>
          {t("home.billingTitle")}
        </Text>
        {heldReason ? (
          <Text as="p" tone="critical">
            {t("home.billingHeld", { reason: heldText(heldReason, t) })}
          </Text>
        ) : null}
        <Text as="p">{count === 0 ? t("home.billingNone") : t("home.billingRunning", { done, count })}</Text>
        {count > done ? <ProgressBar progress={(100 * done) / count} size="small" ariaLabelledBy={TITLE} /> : null}
        {parked > 0 ? <Text as="p">{t("home.billingParked", { count: parked })}</Text> : null}
        {failing > 0 ? <Text as="p">{t("home.billingFailing", { count: failing })}</Text> : null}
        {parked + failing === 0 ? (
          <Text as="p" tone="subdued">
            {t("home.billingGood")}
          </Text>
        ) : null}
        <Link url="/app/billing">{t("home.billingMore")}</Link>
      </BlockStack>
    </Card>
  );
}
