import type { Format, T } from "~/ui/i18n";

const known = [
  "CHARGED_RECENTLY",
  "FOREIGN_ATTEMPT",
  "UNDER_REVIEW",
  "NEW_CARD",
  "DISAGREEMENT",
  "TOO_EARLY",
  "RATE",
] as const;

/** Why a due renewal is put off (BillingCycle.waitReason), in a sentence. @param missing titles that are out of stock */
export function waitingText(reason: string, missing: readonly string[], t: T, format: Pick<Format, "list">): string {
  if (reason === "STOCK") {
    return missing.length > 0
      ? t("waiting.STOCK", { products: format.list([...missing]) })
      : t("waiting.STOCKNoTitles");
  }
  const found = known.find((each) => each === reason);
  return found ? t(`waiting.${found}`) : t("waiting.OTHER", { code: reason });
}
