import { BlockStack, Button, Card, InlineStack, Text } from "@shopify/polaris";

import { useFormat, useT } from "~/ui/i18n";

import type { ContractView, CycleView } from "../views";
import { CycleBadge } from "./status-badges";

interface ScheduleCardProps {
  contract: ContractView;
  /** The cycle that is being skipped or brought back, if one is. */
  busyCycle: number | null;
  onSkip: (cycle: CycleView) => void;
  onUnskip: (cycle: CycleView) => void;
}

/** How often, and the coming orders: each can be skipped, and brought back until its date. */
export function ScheduleCard({ contract, busyCycle, onSkip, onUnskip }: ScheduleCardProps) {
  const t = useT();
  const format = useFormat();
  const { frequency, delivery } = contract;
  const every = format.interval(frequency.interval, frequency.count);
  const delivered = format.interval(delivery.interval, delivery.count);
  return (
    <Card>
      <BlockStack gap="300">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            {t("contracts.scheduleTitle")}
          </Text>
          <Text as="p" tone="subdued">
            {every === delivered
              ? t("contracts.scheduleEvery", { frequency: every })
              : t("contracts.deliveredEvery", { frequency: every, delivery: delivered })}
          </Text>
        </BlockStack>
        {contract.status === "PAUSED" ? <Text as="p">{t("contracts.upcomingPaused")}</Text> : null}
        {contract.upcoming.length === 0 ? (
          <Text as="p">{t("contracts.upcomingNone")}</Text>
        ) : (
          <ul className="pn-list pn-list--lined">
            {contract.upcoming.map((cycle) => (
              <li className="pn-row" key={cycle.cycleIndex}>
                <InlineStack gap="200" blockAlign="center">
                  <Text as="span">{format.date(cycle.expectedAt)}</Text>
                  {cycle.state === "OPEN" ? null : <CycleBadge state={cycle.state} />}
                </InlineStack>
                <CycleButton
                  cycle={cycle}
                  busy={busyCycle === cycle.cycleIndex}
                  disabled={contract.renewalRunning || busyCycle !== null}
                  onSkip={onSkip}
                  onUnskip={onUnskip}
                />
              </li>
            ))}
          </ul>
        )}
      </BlockStack>
    </Card>
  );
}

interface CycleButtonProps extends Pick<ScheduleCardProps, "onSkip" | "onUnskip"> {
  cycle: CycleView;
  busy: boolean;
  disabled: boolean;
}

function CycleButton({ cycle, busy, disabled, onSkip, onUnskip }: CycleButtonProps) {
  const t = useT();
  const format = useFormat();
  const date = format.date(cycle.expectedAt);
  if (cycle.canSkip) {
    return (
      <Button
        loading={busy}
        disabled={disabled}
        accessibilityLabel={t("contracts.skipLabel", { date })}
        onClick={() => {
          onSkip(cycle);
        }}
      >
        {t("contracts.skip")}
      </Button>
    );
  }
  if (cycle.canUnskip) {
    return (
      <Button
        loading={busy}
        disabled={disabled}
        accessibilityLabel={t("contracts.unskipLabel", { date })}
        onClick={() => {
          onUnskip(cycle);
        }}
      >
        {t("contracts.unskip")}
      </Button>
    );
  }
  return null;
}
