import { Banner, BlockStack, Link, Text } from "@shopify/polaris";

import { contractUrl } from "~/contracts/list-filter";
import { useFormat, useT } from "~/ui/i18n";
import { orderUrl } from "~/ui/shopify-links";

import type { DifferingOrder, LaneView } from "../overview/views";
import { amountText } from "./amount-text";

const known = ["FROZEN", "SIGNED_OUT", "SCOPES_LOST", "UNREACHABLE", "REFUSED", "AMOUNT_DIFFERS"] as const;

interface LaneBannerProps {
  lane: LaneView;
  busy: boolean;
  /** A person has looked at it. */
  onRelease: () => void;
  /** Only to see whether it is over. */
  onProbe: () => void;
}

/** The shop's billing stands still: why, what was kept, and what to do. */
export function LaneBanner({ lane, busy, onRelease, onProbe }: LaneBannerProps) {
  const t = useT();
  const format = useFormat();
  const reason = known.find((each) => each === lane.reason) ?? "OTHER";
  const person = reason === "AMOUNT_DIFFERS" || lane.until === null;
  const { kept } = lane;
  return (
    <Banner
      tone={reason === "UNREACHABLE" ? "warning" : "critical"}
      title={t(`lane.${reason}`)}
      action={{
        content: t(person ? "lane.release" : "lane.probe"),
        loading: busy,
        onAction: person ? onRelease : onProbe,
      }}
    >
      <BlockStack gap="200">
        <Text as="p">
          {lane.since ? t("lane.what", { since: format.dateTime(lane.since) }) : t("lane.whatNoDate")}{" "}
          {t("lane.kept", { count: kept.count, amount: amountText(kept.amount, format) })}
        </Text>
        <Text as="p">
          {t(`lane.todo_${reason}`, { code: lane.reason })}
          {lane.until ? ` ${t("lane.until", { at: format.dateTime(lane.until) })}` : ""}
        </Text>
        {lane.differing.length > 0 ? (
          <ul className="pn-list">
            {lane.differing.map((order) => (
              <li key={order.chargeId}>
                <Differing order={order} />
              </li>
            ))}
          </ul>
        ) : null}
      </BlockStack>
    </Banner>
  );
}

function Differing({ order }: { order: DifferingOrder }) {
  const t = useT();
  const format = useFormat();
  const less = order.by.amount.startsWith("-");
  const by = { ...order.by, amount: order.by.amount.replace("-", "") };
  return (
    <Text as="p">
      {order.orderId && order.orderName ? (
        <Link url={orderUrl(order.orderId)} target="_top">
          {order.orderName}
        </Link>
      ) : null}{" "}
      <Link url={contractUrl(order.contract)}>{order.contract.customer ?? t("billing.customerNone")}</Link>
      {": "}
      {t(less ? "lane.differsLess" : "lane.differs", {
        expected: format.money(order.expected),
        taken: format.money(order.taken),
        by: format.money(by),
      })}
    </Text>
  );
}
