import "@shopify/ui-extensions/preact";

import { render } from "preact";

import { pageHref, t } from "../../customer-account-shared/text";
import { useSubscriptions } from "./load";

/** The page says the rest. */
const MOST_SHOWN = 3;

export default function profile(): void {
  render(<Block />, document.body);
}

function Block() {
  const subscriptions = useSubscriptions();
  if (subscriptions === null || subscriptions.length === 0) return null;
  return (
    <s-section heading={t("profile.title")}>
      <s-stack gap="base">
        {subscriptions.slice(0, MOST_SHOWN).map((item) => (
          <s-stack key={item.id}>
            <s-link href={pageHref(item.id)}>{item.title}</s-link>
            <s-text>{item.alert?.title ?? item.nextText}</s-text>
          </s-stack>
        ))}
        <s-stack direction="inline">
          <s-button href={pageHref()}>{t("profile.all", { count: subscriptions.length })}</s-button>
        </s-stack>
      </s-stack>
    </s-section>
  );
}
