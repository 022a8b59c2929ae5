import { BlockStack, Button, ButtonGroup, Card, Link, Text } from "@shopify/polaris";
import { useState } from "react";

import { useT } from "~/ui/i18n";

import type { SettingsInput } from "../../settings/settings-form";
import type { DunningTimeline, SettingsPreview } from "../../settings/settings-preview";
import { useMoment } from "~/ui/use-moment";

const DAY_MS = 24 * 3_600_000;

/** When the shop's next renewals are charged with what stands in the form. */
export function RenewalsPreview({ preview }: { preview: SettingsPreview }) {
  const t = useT();
  const moment = useMoment();
  const time = ({ from, to, atOnce }: SettingsPreview["days"][number]) => {
    if (atOnce) return t("billingSettings.previewAtOnce");
    return from === to
      ? moment.time(from)
      : t("billingSettings.previewBetween", { from: moment.time(from), to: moment.time(to) });
  };

  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("billingSettings.previewTitle")}
        </Text>
        {preview.days.length === 0 ? (
          <Text as="p" tone="subdued">
            {t("billingSettings.previewNone")}
          </Text>
        ) : (
          <ul className="pn-list pn-list--tight">
            {preview.days.map((day) => (
              <li className="pn-total" key={day.date}>
                <span>
                  {moment.day(day.from)}
                  <Text as="span" tone="subdued">
                    {` · ${t("billingSettings.previewRenewals", { count: day.renewals })}`}
                  </Text>
                </span>
                <Text as="span" fontWeight="semibold">
                  {time(day)}
                </Text>
              </li>
            ))}
          </ul>
        )}
        {preview.days.some(({ atOnce }) => atOnce) ? (
          <Text as="p" tone="caution">
            {t("billingSettings.previewAtOnceNote")}
          </Text>
        ) : null}
        {preview.examples.length > 0 ? (
          <BlockStack gap="100">
            <Text as="h3" variant="headingSm">
              {t("billingSettings.previewExamples")}
            </Text>
            <ul className="pn-list pn-list--tight">
              {preview.examples.map((example) => (
                <li className="pn-total" key={example.contractId}>
                  <Link url={`/app/contracts/${example.number}`}>
                    {t("billingSettings.previewExample", { number: example.number, title: example.title })}
                  </Link>
                  <span>
                    {example.atOnce
                      ? t("billingSettings.previewAtOnce")
                      : `${moment.day(example.at)} ${moment.time(example.at)}`}
                  </span>
                </li>
              ))}
            </ul>
          </BlockStack>
        ) : null}
      </BlockStack>
    </Card>
  );
}

/** When a payment that is declined would be tried again, and what happens in the end. */
export function DeclinePreview({ preview, settings }: { preview: SettingsPreview; settings: SettingsInput }) {
  const t = useT();
  const moment = useMoment();
  const [kind, setKind] = useState<"soft" | "funds">("soft");
  const timeline: DunningTimeline = preview.declined[kind];
  const { tries } = timeline;
  const days = Math.round((Date.parse(timeline.endsAt) - Date.parse(preview.declined.at)) / DAY_MS);

  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("billingSettings.timelineTitle")}
        </Text>
        <div role="group" aria-label={t("billingSettings.timelineLabel")}>
          <ButtonGroup variant="segmented" fullWidth>
            {(["soft", "funds"] as const).map((each) => (
              <Button
                key={each}
                pressed={kind === each}
                onClick={() => {
                  setKind(each);
                }}
              >
                {t(each === "soft" ? "billingSettings.timelineSoft" : "billingSettings.timelineFunds")}
              </Button>
            ))}
          </ButtonGroup>
        </div>
        {tries.length > 0 ? (
          <Text as="p" tone="subdued">
            {t("billingSettings.timelineSum", { count: tries.length, days })}
          </Text>
        ) : null}
        <ol className="pn-list pn-list--tight pn-timeline">
          <li className="pn-total">
            <span>{t("billingSettings.timelineFirst")}</span>
            <span>{`${moment.day(preview.declined.at)} ${moment.time(preview.declined.at)}`}</span>
          </li>
          {tries.map((at, index) => (
            <li className="pn-total" key={at}>
              {/* The first charge was the first try. */}
              <span>{t("billingSettings.timelineTry", { number: index + 2 })}</span>
              <span>{`${moment.day(at)} ${moment.time(at)}`}</span>
            </li>
          ))}
        </ol>
        <Text as="p">
          {tries.length > 0
            ? t(`billingSettings.timelineEnd_${settings.dunningEnd}`)
            : t(`billingSettings.timelineNone_${settings.dunningEnd}`)}
        </Text>
      </BlockStack>
    </Card>
  );
}
