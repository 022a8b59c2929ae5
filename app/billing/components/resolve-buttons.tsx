import { Button, InlineStack } from "@shopify/polaris";

import type { Money } from "~/money/money";
import { useFormat, useT } from "~/ui/i18n";

import type { Resolution } from "../resolutions";
import { resolutionText } from "./billing-questions";
import type { BillingQuestion } from "./billing-questions";

interface Parked {
  id: string;
  expectedAt: string;
  reason: string | null;
  /** What charging it takes now, before tax. */
  amountNow: Money;
  resolutions: readonly Resolution[];
  /** For telling buttons of several charges apart. */
  customer: string;
}

/** The ways out of a charge that is held back, the likeliest first. */
export function ResolveButtons({ charge, onAsk }: { charge: Parked; onAsk: (question: BillingQuestion) => void }) {
  const t = useT();
  const format = useFormat();
  const { id, expectedAt, reason, amountNow, resolutions, customer } = charge;
  return (
    <InlineStack gap="200">
      {resolutions.map((how) => {
        const action = resolutionText(how, reason, t);
        return (
          <Button
            key={how}
            accessibilityLabel={t("billing.resolveFor", { action, date: format.date(expectedAt), customer })}
            onClick={() => {
              onAsk({
                act: "resolve",
                how,
                chargeId: id,
                expectedAt,
                amount: amountNow,
                reason,
                maybePaid: resolutions.includes("MARK_PAID"),
              });
            }}
          >
            {action}
          </Button>
        );
      })}
    </InlineStack>
  );
}
