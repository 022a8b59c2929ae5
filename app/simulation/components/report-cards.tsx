import { Banner, BlockStack, Card, Link, List, Text } from "@shopify/polaris";

import { useMoment } from "~/ui/use-moment";
import { DayChart } from "~/ui/day-chart";
import { useFormat, useT } from "~/ui/i18n";

import type { Bars, Comparison } from "../comparison";
import { ASSUMPTIONS } from "../report";
import type { RunExample, TimeMachineReport } from "../report";
import { differencesInWords, FiguresCard } from "./figures-card";

/** Examples of one run that are shown: enough to look into, few enough to read. */
const EXAMPLES_SHOWN = 8;

interface ReportCardsProps {
  report: TimeMachineReport;
  comparison: Comparison;
  bars: Bars;
  /** What was asked for, as a fraction: 0.05. */
  declineShare: number;
}

/** What would happen: in words, in figures, day by day, and in examples. */
export function ReportCards({ report, comparison, bars, declineShare }: ReportCardsProps) {
  const t = useT();
  const format = useFormat();
  const { run, changed } = report;
  return (
    <BlockStack gap="400">
      <Banner tone="success">{t("timeMachine.nothingHappened")}</Banner>
      <Card>
        <BlockStack gap="200">
          <Text as="h2" variant="headingMd">
            {t("timeMachine.resultTitle", { from: format.date(report.from), to: format.date(report.to) })}
          </Text>
          <Text as="p" variant="bodyLg">
            {t("timeMachine.summary", { count: run.charged, amount: format.list(run.amount.map(format.money)) })}
          </Text>
          {changed ? (
            <BlockStack gap="100">
              <Text as="h3" variant="headingSm">
                {t("timeMachine.differenceTitle")}
              </Text>
              <Text as="p">
                {comparison.same
                  ? t("timeMachine.same")
                  : t("timeMachine.difference", { list: differencesInWords(comparison, t, format) })}
              </Text>
            </BlockStack>
          ) : null}
        </BlockStack>
      </Card>
      <FiguresCard comparison={comparison} />
      <RunChart bars={bars} />
      <Examples title={t("timeMachine.examplesTitle")} examples={run.examples} />
      {changed && !comparison.same ? (
        <Examples title={t("timeMachine.examplesThenTitle")} examples={changed.examples} />
      ) : null}
      <Assumptions keys={report.assumptions} declineShare={declineShare} />
    </BlockStack>
  );
}

function RunChart({ bars: { by, now, then } }: { bars: Bars }) {
  const t = useT();
  const format = useFormat();
  const weekly = by === "WEEK";
  const label = t(weekly ? "timeMachine.chartLabelWeeks" : "timeMachine.chartLabel");
  return (
    <Card>
      <BlockStack gap="300">
        <BlockStack gap="100">
          <Text as="h2" variant="headingMd">
            {t(weekly ? "timeMachine.chartTitleWeeks" : "timeMachine.chartTitle")}
          </Text>
          {weekly ? (
            <Text as="p" tone="subdued">
              {t("timeMachine.chartWeeks")}
            </Text>
          ) : null}
        </BlockStack>
        {then ? (
          <DayChart
            label={label}
            arrangement="beside"
            series={[
              { name: t("timeMachine.seriesNow"), tone: "info" },
              { name: t("timeMachine.seriesThen"), tone: "success" },
            ]}
            days={now.map((day) => ({
              date: day.date,
              values: [day.charged, then.find(({ date }) => date === day.date)?.charged ?? 0],
            }))}
          />
        ) : (
          <DayChart
            label={label}
            series={[
              { name: t("timeMachine.seriesCharged"), tone: "info" },
              { name: t("timeMachine.seriesFailed"), tone: "critical" },
            ]}
            days={now.map((day) => ({
              date: day.date,
              values: [day.charged, day.failed],
              detail: format.list(day.amount.map(format.money)),
            }))}
            detailTitle={t("timeMachine.chartAmount")}
          />
        )}
      </BlockStack>
    </Card>
  );
}

function Examples({ title, examples }: { title: string; examples: readonly RunExample[] }) {
  const t = useT();
  const format = useFormat();
  const moment = useMoment();
  if (examples.length === 0) return null;
  const shown = examples.slice(0, EXAMPLES_SHOWN).sort((a, b) => a.at.localeCompare(b.at));
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {title}
        </Text>
        <ul className="pn-list pn-list--tight">
          {shown.map((example) => {
            const what = t(`timeMachine.example.${example.what}`, { amount: format.money(example.amount) });
            const when = `${moment.day(example.at)} ${moment.time(example.at)}`;
            return (
              <li className="pn-total" key={`${example.contractId} ${example.what} ${example.at}`}>
                <span>
                  <Text as="span" tone="subdued">{`${when} · `}</Text>
                  {what}
                </span>
                <Link
                  url={`/app/contracts/${example.contractId}`}
                  accessibilityLabel={`${t("timeMachine.exampleOpen")}: ${what}, ${when}`}
                >
                  {t("timeMachine.exampleOpen")}
                </Link>
              </li>
            );
          })}
        </ul>
      </BlockStack>
    </Card>
  );
}

function Assumptions({ keys, declineShare }: { keys: readonly string[]; declineShare: number }) {
  const t = useT();
  const format = useFormat();
  const known = ASSUMPTIONS.filter((key) => keys.includes(key));
  if (known.length === 0) return null;
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingMd">
          {t("timeMachine.assumptionsTitle")}
        </Text>
        <List>
          {known.map((key) => (
            <List.Item key={key}>
              {t(`timeMachine.assumption.${key}`, { percentage: format.percentage(declineShare * 100) })}
            </List.Item>
          ))}
        </List>
      </BlockStack>
    </Card>
  );
}
