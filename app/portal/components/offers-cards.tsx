import { BlockStack, Card, DataTable, Text } from "@shopify/polaris";

import { asSentence } from "~/lib/format";
import { useFormat, useT } from "~/ui/i18n";

import type { Group } from "../hold-out";
import type { LeavingFigures } from "../saves.server";

/** What was offered, what was taken, and who still subscribes 30 days later. */
export function OffersCard({ offers }: { offers: LeavingFigures["offers"] }) {
  const t = useT();
  const format = useFormat();
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("leavingPage.offersTitle")}
        </Text>
        {offers.length === 0 ? (
          <Text as="p" tone="subdued">
            {t("leavingPage.offersNone")}
          </Text>
        ) : (
          <DataTable
            columnContentTypes={["text", "numeric", "numeric", "text"]}
            headings={[
              t("portalSettings.offerKind"),
              t("leavingPage.offerShown"),
              t("leavingPage.offerAccepted"),
              t("leavingPage.offerSaved"),
            ]}
            rows={offers.map(({ kind, shown, accepted, ripe, saved, share }) => [
              asSentence(t(`leaving.offer_${kind}`)),
              format.number(shown),
              format.number(accepted),
              ripe === 0
                ? t("leavingPage.offerTooEarly")
                : t("leavingPage.offerSavedText", {
                    saved: format.number(saved),
                    ripe: format.number(ripe),
                    low: format.percentage(Math.round(share.low * 100)),
                    high: format.percentage(Math.round(share.high * 100)),
                  }),
            ])}
          />
        )}
      </BlockStack>
    </Card>
  );
}

type WorthCardProps = Pick<LeavingFigures, "offered" | "heldOut" | "worth">;

/** What offers change, against those who see none; nothing is said before the stated size. */
export function WorthCard({ offered, heldOut, worth }: WorthCardProps) {
  const t = useT();
  const format = useFormat();
  const points = (share: number) => format.number(Math.round(share * 100));
  const groupText = ({ saved, count }: Group) =>
    t("leavingPage.worthGroup", { saved: format.number(saved), count: format.number(count) });
  const harm = worth.known && worth.tells === "HARMS" ? -1 : 1;
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("leavingPage.worthTitle")}
        </Text>
        <Text as="p" tone="subdued">
          {t("leavingPage.worthHow")}
        </Text>
        <div className="pn-total">
          <Text as="span">{t("leavingPage.worthOffered")}</Text>
          <Text as="span">{groupText(offered)}</Text>
        </div>
        <div className="pn-total">
          <Text as="span">{t("leavingPage.worthHeldOut")}</Text>
          <Text as="span">{groupText(heldOut)}</Text>
        </div>
        <Text as="p" fontWeight="medium">
          {worth.known
            ? t(`leavingPage.worth_${worth.tells}`, {
                points: points(harm * worth.difference.estimate),
                low: points(harm === 1 ? worth.difference.low : -worth.difference.high),
                high: points(harm === 1 ? worth.difference.high : -worth.difference.low),
              })
            : t("leavingPage.worthNotYet", {
                offered: format.number(worth.offeredMissing),
                heldOut: format.number(worth.heldOutMissing),
              })}
        </Text>
      </BlockStack>
    </Card>
  );
}
