import type { PortalListItem } from "../../../app/portal/views";
import { loadHome } from "../../customer-account-shared/api";
import { t } from "../../customer-account-shared/text";
import { Failed, Loading } from "./loading";
import { useLoaded } from "./use-loaded";

const address = (id: string): string => `extension:/subscription/${id}`;

export function List() {
  const [home, reload] = useLoaded(() => loadHome(), "home");
  if (home.state === "loading") return <Loading heading={t("name")} />;
  if (home.state === "failed") return <Failed problem={home.problem} retry={() => void reload()} />;
  const { subscriptions, shopName, contactEmail } = home.view;
  return (
    <s-page heading={t("name")}>
      {subscriptions.map((item) => (
        <Alert key={item.id} item={item} />
      ))}
      {subscriptions.length === 0 && (
        <s-section heading={t("empty.title")}>
          <s-paragraph>{t("empty.text", { shop: shopName })}</s-paragraph>
        </s-section>
      )}
      {subscriptions.map((item) => (
        <Item key={item.id} item={item} />
      ))}
      {contactEmail && (
        <s-paragraph color="subdued">
          {t("help", { shop: shopName })} <s-link href={`mailto:${contactEmail}`}>{contactEmail}</s-link>
        </s-paragraph>
      )}
    </s-page>
  );
}

/** What is wrong stands above everything; what helps is on the subscription's page. */
function Alert({ item }: { item: PortalListItem }) {
  if (!item.alert) return null;
  return (
    <s-banner tone="critical" heading={item.alert.title}>
      {item.alert.text.map((sentence) => (
        <s-paragraph key={sentence}>{sentence}</s-paragraph>
      ))}
      <s-button href={address(item.id)}>{item.alert.action?.label ?? t("manage", { title: item.title })}</s-button>
    </s-banner>
  );
}

function Item({ item }: { item: PortalListItem }) {
  return (
    <s-section heading={item.title}>
      <s-stack direction="inline" gap="base" alignItems="start">
        {item.imageUrl && <s-product-thumbnail src={item.imageUrl} alt="" />}
        <s-stack gap="small-200">
          <s-stack>
            <s-badge tone={item.status === "ACTIVE" ? "auto" : "neutral"}>{item.statusText}</s-badge>
          </s-stack>
          <s-text>{item.frequencyText}</s-text>
          <s-text>{item.amountText}</s-text>
          <s-text type="strong">{item.nextText}</s-text>
        </s-stack>
      </s-stack>
      <s-button href={address(item.id)} accessibilityLabel={t("manage", { title: item.title })}>
        {t("manageShort")}
      </s-button>
    </s-section>
  );
}
