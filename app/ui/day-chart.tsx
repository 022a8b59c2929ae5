import { Box, BlockStack, Button, InlineStack, SkeletonBodyText, Text } from "@shopify/polaris";
import { lazy, Suspense, useEffect, useId, useState } from "react";

import { CHART_HEIGHT } from "./day-series";
import type { DayChartProps, Series } from "./day-series";
import { DayTable } from "./day-table";
import { useT } from "./i18n";

/** Drawing needs a library that no other page needs: it comes after the page, and only where there is a chart. */
const DayBars = lazy(() => import("./day-bars"));

/**
 * Numbers day by day as bars. The arrow keys go from day to day and each is read out; the same as a table is a click
 * away.
 */
export function DayChart(props: DayChartProps) {
  const t = useT();
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  // The server knows no width to draw for.
  const [inBrowser, setInBrowser] = useState(false);
  useEffect(() => {
    setInBrowser(true);
  }, []);
  const waiting = (
    <Box minHeight={`${CHART_HEIGHT}px`}>
      <SkeletonBodyText lines={8} />
    </Box>
  );
  return (
    <BlockStack gap="300">
      <div id={id}>
        {asTable ? (
          <DayTable {...props} />
        ) : inBrowser ? (
          <Suspense fallback={waiting}>
            <DayBars {...props} />
          </Suspense>
        ) : (
          waiting
        )}
      </div>
      <InlineStack align="space-between" gap="300">
        {props.series.length > 1 && !asTable ? <Legend series={props.series} /> : <span />}
        <Button
          variant="plain"
          ariaControls={id}
          onClick={() => {
            setAsTable(!asTable);
          }}
        >
          {asTable ? t("chart.asChart") : t("chart.asTable")}
        </Button>
      </InlineStack>
    </BlockStack>
  );
}

function Legend({ series }: { series: Series[] }) {
  return (
    <ul className="pn-legend">
      {series.map(({ name, tone }) => (
        <li key={name}>
          <span className={`pn-legend__dot pn-fill--${tone}`} aria-hidden="true" />
          <Text as="span" variant="bodySm">
            {name}
          </Text>
        </li>
      ))}
    </ul>
  );
}
