import { BlockStack, Card, Link, Text } from "@shopify/polaris";

import type { HistoryLine } from "~/history/events";
import { FoldedList } from "~/ui/folded-list";
import { useFormat, useT } from "~/ui/i18n";
import { orderUrl } from "~/ui/shopify-links";

import { actorText, historyText, orderOf } from "./history-text";

/** About what fits on a screen. */
const LINES_SHOWN = 15;

/** What has happened, who did it and when, newest first. */
export function HistoryCard({ history }: { history: HistoryLine[] }) {
  const t = useT();
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("contracts.historyTitle")}
        </Text>
        {history.length === 0 ? (
          <Text as="p" tone="subdued">
            {t("contracts.historyNone")}
          </Text>
        ) : (
          <FoldedList
            items={history}
            limit={LINES_SHOWN}
            className="pn-list pn-timeline"
            ordered
            render={(line) => <Line line={line} />}
          />
        )}
      </BlockStack>
    </Card>
  );
}

function Line({ line }: { line: HistoryLine }) {
  const t = useT();
  const format = useFormat();
  const text = historyText(line, t, format);
  const order = orderOf(line);
  return (
    <div className="pn-text">
      <Text as="p">
        {order ? (
          <Link url={orderUrl(order)} target="_top" monochrome>
            {text}
          </Link>
        ) : (
          text
        )}
      </Text>
      <Text as="p" tone="subdued" variant="bodySm">
        {format.dateTime(line.at)} · {actorText(line, t)}
      </Text>
    </div>
  );
}
