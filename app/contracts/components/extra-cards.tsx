import { BlockStack, Card, Text } from "@shopify/polaris";
import type { ReactNode } from "react";

import { useFormat, useT } from "~/ui/i18n";

import type { OneOffView } from "../one-offs";
import type { ContractView, DiscountView } from "../views";
import type { WaitingEdits } from "../waiting-edits.server";

interface ExtraCardsProps {
  contract: Pick<ContractView, "pausedUntil" | "discounts">;
  oneOffs: OneOffView[];
  waiting: WaitingEdits | null;
}

function ExtraCard({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingSm">
          {title}
        </Text>
        <div className="pn-text">
          <BlockStack gap="100">{children}</BlockStack>
        </div>
      </BlockStack>
    </Card>
  );
}

/** What is so for now: a pause's end, what waits, what goes with the next delivery alone, discounts. Each only if it is. */
export function ExtraCards({ contract, oneOffs, waiting }: ExtraCardsProps) {
  const t = useT();
  const format = useFormat();
  const { pausedUntil, discounts } = contract;
  return (
    <>
      {pausedUntil === null ? null : (
        <ExtraCard title={t("contractCards.pausedTitle")}>
          <Text as="p">{t("contractCards.pausedUntil", { date: format.day(pausedUntil) })}</Text>
        </ExtraCard>
      )}
      {waiting === null ? null : (
        <ExtraCard title={t("contractCards.queuedTitle")}>
          <Text as="p">{t("contractCards.queued", { count: waiting.count })}</Text>
          <Text as="p" tone="subdued">
            {t("contractCards.queuedSince", { at: format.dateTime(waiting.since) })}
          </Text>
        </ExtraCard>
      )}
      {oneOffs.length === 0 ? null : (
        <ExtraCard title={t("contractCards.oneOffsTitle")}>
          {oneOffs.map(({ id, title, variantTitle, quantity, total }) => (
            <div key={id} className="pn-total">
              <Text as="span">
                {t("contractCards.oneOff", {
                  quantity,
                  title: variantTitle === null ? title : `${title} – ${variantTitle}`,
                })}
              </Text>
              <Text as="span" numeric>
                {format.money(total)}
              </Text>
            </div>
          ))}
        </ExtraCard>
      )}
      {discounts.length === 0 ? null : (
        <ExtraCard title={t("contractCards.discountsTitle")}>
          {discounts.map((discount) => (
            <Discount key={discount.id} discount={discount} />
          ))}
        </ExtraCard>
      )}
    </>
  );
}

function Discount({ discount: { title, percentage, amount, ordersLeft } }: { discount: DiscountView }) {
  const t = useT();
  const format = useFormat();
  const value = percentage === null ? amount && format.money(amount) : format.percentage(percentage);
  return (
    <div>
      <div className="pn-total">
        <Text as="span">{title ?? t("contractCards.discountUntitled")}</Text>
        {value === null ? null : (
          <Text as="span" numeric>
            {value}
          </Text>
        )}
      </div>
      {ordersLeft === null ? null : (
        <Text as="p" tone="subdued" variant="bodySm">
          {t("contractCards.discountLeft", { count: ordersLeft })}
        </Text>
      )}
    </div>
  );
}
