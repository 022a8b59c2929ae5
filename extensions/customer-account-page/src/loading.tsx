import type { Problem } from "../../../app/portal/actions";
import { t } from "../../customer-account-shared/text";

export function Loading({ heading }: { heading: string }) {
  return (
    <s-page heading={heading}>
      <s-section accessibilityLabel={t("loading")}>
        <s-stack gap="base">
          <s-spinner accessibilityLabel={t("loading")} />
          <s-skeleton-paragraph />
          <s-skeleton-paragraph />
        </s-stack>
      </s-section>
    </s-page>
  );
}

export function ProblemBanner({ problem }: { problem: Problem }) {
  return (
    <s-banner tone="critical" heading={problem.title}>
      {problem.text.map((sentence) => (
        <s-paragraph key={sentence}>{sentence}</s-paragraph>
      ))}
    </s-banner>
  );
}

/** Nothing could be shown; trying again helps, or going back. */
export function Failed({ problem, retry }: { problem: Problem; retry: () => void }) {
  return (
    <s-page heading={t("name")}>
      <ProblemBanner problem={problem} />
      <s-stack direction="inline" gap="base">
        <s-button variant="primary" onClick={retry}>
          {t("tryAgain")}
        </s-button>
        <s-button href="extension:/">{t("allSubscriptions")}</s-button>
      </s-stack>
    </s-page>
  );
}
