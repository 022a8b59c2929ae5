import { Badge, InlineStack } from "@shopify/polaris";
import type { BadgeProps } from "@shopify/polaris";

import type { AttemptState, ChargeState, ContractStatus } from "~/generated/prisma/enums";
import { useT } from "~/ui/i18n";

import type { Attention, CycleState } from "../views";

const statusTones: Record<ContractStatus, BadgeProps["tone"]> = {
  ACTIVE: "success",
  PAUSED: "attention",
  CANCELLED: undefined,
  EXPIRED: undefined,
  FAILED: "critical",
};

const attentionTones: Record<Attention, BadgeProps["tone"]> = {
  PAYMENT_FAILED: "critical",
  PAYMENT_ACTION_REQUIRED: "warning",
  PAYMENT_UNKNOWN: "warning",
  CHARGE_PARKED: "critical",
};

/** The subscription's status, and beside it what a person should look at. */
export function ContractBadges({ status, attention }: { status: ContractStatus; attention: Attention | null }) {
  const t = useT();
  return (
    <InlineStack gap="100">
      {attention ? <Badge tone={attentionTones[attention]}>{t(`attention.${attention}`)}</Badge> : null}
      <Badge tone={statusTones[status]}>{t(`status.${status}`)}</Badge>
    </InlineStack>
  );
}

const cycleTones: Record<CycleState, BadgeProps["tone"]> = {
  OPEN: undefined,
  SKIPPED: "attention",
  RUNNING: "info",
  PAID: "success",
  FAILED: "critical",
  PARKED: "critical",
  PASSED: undefined,
};

export function CycleBadge({ state }: { state: CycleState }) {
  const t = useT();
  return <Badge tone={cycleTones[state]}>{t(`cycle.${state}`)}</Badge>;
}

const chargeTones: Record<ChargeState, BadgeProps["tone"]> = {
  CLAIMED: "info",
  SENDING: "info",
  PENDING: "info",
  UNKNOWN: "warning",
  ACTION_REQUIRED: "warning",
  PAID: "success",
  FAILED: "critical",
  PARKED: "critical",
  SKIPPED: undefined,
};

export function ChargeBadge({ state }: { state: ChargeState }) {
  const t = useT();
  return <Badge tone={chargeTones[state]}>{t(`charge.${state}`)}</Badge>;
}

const attemptTones: Record<AttemptState, BadgeProps["tone"]> = {
  INTENT: "info",
  SENDING: "info",
  PENDING: "info",
  ACTION_REQUIRED: "warning",
  SUCCESS: "success",
  FAILED: "critical",
  REFUSED: "critical",
};

export function AttemptBadge({ state }: { state: AttemptState }) {
  const t = useT();
  return <Badge tone={attemptTones[state]}>{t(`attempt.${state}`)}</Badge>;
}
