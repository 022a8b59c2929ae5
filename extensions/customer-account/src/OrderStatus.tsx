import "@shopify/ui-extensions/preact";

import type { Api } from "@shopify/ui-extensions/customer-account.order-status.block.render";
import { render } from "preact";

import { pageHref, t } from "../../customer-account-shared/text";
import { useSubscriptions } from "./load";

export default function orderStatus(): void {
  const { order } = shopify as unknown as Api;
  render(<Block order={order.value?.id} />, document.body);
}

/** Nothing at all on an order that no subscription has to do with. */
function Block({ order }: { order: string | undefined }) {
  const subscriptions = useSubscriptions(order);
  if (order === undefined || subscriptions === null || subscriptions.length === 0) return null;
  return (
    <s-section heading={t("order.title")}>
      <s-stack gap="base">
        {subscriptions.map((item) => (
          <s-stack key={item.id} gap="small-200">
            <s-text type="strong">{item.title}</s-text>
            <s-text>{item.frequencyText}</s-text>
            <s-text>{item.alert?.title ?? item.nextText}</s-text>
            <s-stack direction="inline">
              <s-button href={pageHref(item.id)} accessibilityLabel={t("manageOne", { title: item.title })}>
                {t("manage")}
              </s-button>
            </s-stack>
          </s-stack>
        ))}
      </s-stack>
    </s-section>
  );
}
