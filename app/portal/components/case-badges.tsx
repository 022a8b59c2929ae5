import { Badge, InlineStack } from "@shopify/polaris";

import { useT } from "~/ui/i18n";

import type { CaseView } from "../case-views";

/** What was declared, and whether it waits. */
export function CaseBadges({ kind, state }: Pick<CaseView, "kind" | "state">) {
  const t = useT();
  return (
    <InlineStack gap="100">
      <Badge>{t(`cases.kind_${kind}`)}</Badge>
      <Badge {...(state === "OPEN" ? { tone: "attention" } : {})}>{t(`cases.state_${state}`)}</Badge>
    </InlineStack>
  );
}
