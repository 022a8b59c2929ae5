import { BlockStack, Card, Text } from "@shopify/polaris";

import { asSentence } from "~/lib/format";
import { useT } from "~/ui/i18n";
import type { T } from "~/ui/i18n";

import { USUAL_REASONS } from "../leaving";
import type { LeavingFigures } from "../saves.server";

/** A reason as the merchant reads it. @param own reasons of the shop's own, in the merchant's language */
export function reasonLabel(reason: string | null, own: readonly { key: string; label: string }[], t: T): string {
  if (reason === null) return t("leavingPage.reasonNone");
  const usual = USUAL_REASONS.find((each) => each === reason);
  if (usual) return asSentence(t(`leaving.reason_${usual}`));
  return own.find(({ key }) => key === reason)?.label ?? asSentence(t("leaving.reason_own"));
}

interface ReasonsCardProps {
  reasons: LeavingFigures["reasons"];
  own: readonly { key: string; label: string }[];
}

/** Why shoppers leave, most frequent first; each with its share as a bar and its number beside it. */
export function ReasonsCard({ reasons, own }: ReasonsCardProps) {
  const t = useT();
  const most = Math.max(1, ...reasons.map(({ count }) => count));
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("leavingPage.reasonsTitle")}
        </Text>
        {reasons.length === 0 ? (
          <Text as="p" tone="subdued">
            {t("leavingPage.reasonsNone")}
          </Text>
        ) : (
          <ul className="pn-list">
            {reasons.map(({ reason, count }) => (
              <li key={reason ?? ""}>
                <div className="pn-total">
                  <Text as="span">{reasonLabel(reason, own, t)}</Text>
                  <Text as="span" numeric>
                    {t("leavingPage.reasonRow", { count })}
                  </Text>
                </div>
                <div className="pn-meter" aria-hidden="true">
                  <div style={{ inlineSize: `${(100 * count) / most}%` }} />
                </div>
              </li>
            ))}
          </ul>
        )}
      </BlockStack>
    </Card>
  );
}
