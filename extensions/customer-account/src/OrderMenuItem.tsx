import "@shopify/ui-extensions/preact";

import type { Api } from "@shopify/ui-extensions/customer-account.order.action.menu-item.render";
import { render } from "preact";

import { pageHref, t } from "../../customer-account-shared/text";
import { useSubscriptions } from "./load";

export default function orderMenuItem(): void {
  const { orderId } = shopify as unknown as Api;
  render(<Item order={orderId} />, document.body);
}

/** A menu item leads to the page; with several subscriptions to the list of them. */
function Item({ order }: { order: string }) {
  const subscriptions = useSubscriptions(order);
  if (subscriptions === null || subscriptions.length === 0) return null;
  const [only, ...others] = subscriptions;
  return <s-button href={pageHref(others.length === 0 ? only?.id : undefined)}>{t("menu")}</s-button>;
}
