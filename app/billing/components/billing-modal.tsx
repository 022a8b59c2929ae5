import { ConfirmModal } from "~/ui/confirm-modal";
import { useFormat, useT } from "~/ui/i18n";

import { askBilling } from "./billing-questions";
import type { useBillingActs } from "./use-billing-acts";

/** Asks before money moves. */
export function BillingModal({ acts }: { acts: ReturnType<typeof useBillingActs> }) {
  const t = useT();
  const format = useFormat();
  const asked = acts.question ? askBilling(acts.question, t, format) : null;
  return (
    <ConfirmModal
      open={asked !== null}
      title={asked?.title ?? ""}
      paragraphs={asked?.paragraphs ?? []}
      action={asked?.action ?? ""}
      destructive={asked?.destructive ?? false}
      busy={acts.busy}
      onConfirm={acts.confirm}
      onClose={acts.dismiss}
    />
  );
}
