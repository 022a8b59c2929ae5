import { Text } from "@shopify/polaris";

import { useFormat, useT } from "~/ui/i18n";

import type { OneOffView } from "../one-offs";
import type { ContractView, DiscountView } from "../views";
import type { WaitingEdits } from "../waiting-edits.server";
import { SideCard } from "./side-card";

interface ExtraCardsProps {
  contract: Pick<ContractView, "pausedUntil" | "discounts">;
  oneOffs: OneOffView[];
  waiting: WaitingEdits | null;
}

/** What is so for now: a pause's end, what waits, what goes with the next delivery alone, discounts. Each only if it is. */
export function ExtraCards({ contract, oneOffs, waiting }: ExtraCardsProps) {
  const t = useT();
  const format = useFormat();
  const { pausedUntil, discounts } = contract;
  return (
    <>
      {pausedUntil === null ? null : (
        <SideCard title={t("contractCards.pausedTitle")}>
          <Text as="p">{t("contractCards.pausedUntil", { date: format.day(pausedUntil) })}</Text>
        </SideCard>
      )}
      {waiting === null ? null : (
        <SideCard title={t("contractCards.queuedTitle")}>
          <Text as="p">{t("contractCards.queued", { count: waiting.count })}</Text>
          <Text as="p" tone="subdued">
            {t("contractCards.queuedSince", { at: format.dateTime(waiting.since) })}
          </Text>
        </SideCard>
      )}
      {oneOffs.length === 0 ? null : (
        <SideCard title={t("contractCards.oneOffsTitle")}>
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
        </SideCard>
      )}
      {discounts.length === 0 ? null : (
        <SideCard title={t("contractCards.discountsTitle")}>
          {discounts.map((discount) => (
            <Discount key={discount.id} discount={discount} />
          ))}
        </SideCard>
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
