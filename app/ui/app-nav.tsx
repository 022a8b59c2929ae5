import { useT } from "./i18n";

/** The app's entries in Shopify's own navigation: App Bridge reads the links and shows them outside our frame. */
export function AppNav() {
  const t = useT();
  return (
    <s-app-nav>
      <s-link href="/app" rel="home">
        {t("nav.home")}
      </s-link>
      <s-link href="/app/contracts">{t("nav.subscriptions")}</s-link>
      <s-link href="/app/billing">{t("nav.billing")}</s-link>
      <s-link href="/app/plans">{t("nav.plans")}</s-link>
      <s-link href="/app/portal">{t("nav.portal")}</s-link>
      <s-link href="/app/cases">{t("nav.cases")}</s-link>
    </s-app-nav>
  );
}
