import { BlockStack, Card, Text } from "@shopify/polaris";

import type { Money } from "~/money/money";
import { useFormat, useT } from "~/ui/i18n";
import type { Format, T } from "~/ui/i18n";

import type { AmountRow, Comparison, FigureRow } from "../comparison";

/** The figures of the run, with those of the changed setting beside them. */
export function FiguresCard({ comparison }: { comparison: Comparison }) {
  const t = useT();
  const format = useFormat();
  const compared = comparison.figures.some(({ then }) => then !== null);
  const amounts = (of: AmountRow["of"]) =>
    comparison.amounts
      .filter((row) => row.of === of)
      .map(({ now, then, difference }) => (
        <Row
          key={`${of} ${now.currencyCode}`}
          title={t(`timeMachine.figure.${of}`)}
          now={format.money(now)}
          then={then && format.money(then)}
          difference={difference && Number(difference.amount) !== 0 ? signedMoney(difference, format) : null}
        />
      ));

  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("timeMachine.figuresTitle")}
        </Text>
        <table className="pn-table">
          <thead>
            <tr>
              <th scope="col">{t("timeMachine.columnFigure")}</th>
              <th scope="col" className="pn-table__number">
                {t("timeMachine.columnNow")}
              </th>
              {compared ? (
                <th scope="col" className="pn-table__number">
                  {t("timeMachine.columnThen")}
                </th>
              ) : null}
            </tr>
          </thead>
          <tbody>
            {comparison.figures.map(({ figure, now, then, difference }) => [
              <Row
                key={figure}
                title={t(`timeMachine.figure.${figure}`)}
                now={format.number(now)}
                then={then === null ? null : format.number(then)}
                difference={difference ? signed(difference, format) : null}
              />,
              ...(figure === "charged" ? amounts("amount") : []),
              ...(figure === "recovered" ? amounts("recoveredAmount") : []),
            ])}
          </tbody>
        </table>
      </BlockStack>
    </Card>
  );
}

interface RowProps {
  title: string;
  now: string;
  /** Null: there is no such column. */
  then: string | null;
  /** Null: none. */
  difference: string | null;
}

/** The difference stands below its figure: four columns are too many for a phone. */
function Row({ title, now, then, difference }: RowProps) {
  return (
    <tr>
      <th scope="row">{title}</th>
      <td className="pn-table__number">{now}</td>
      {then === null ? null : (
        <td className="pn-table__number">
          {then}
          {difference === null ? null : (
            <Text as="p" tone="subdued">
              {difference}
            </Text>
          )}
        </td>
      )}
    </tr>
  );
}

const MINUS = "−";
const sign = (value: number): string => (value > 0 ? "+" : value < 0 ? MINUS : "");
const unsigned = ({ amount, currencyCode }: Money): Money => ({ amount: amount.replace(/^-/, ""), currencyCode });
const signed = (value: number, format: Format): string => `${sign(value)}${format.number(Math.abs(value))}`;
const signedMoney = (value: Money, format: Format): string =>
  `${sign(Number(value.amount))}${format.money(unsigned(value))}`;

/** "3 flere betalte fornyelser, 12 færre nye forsøk og 900,00 kr mer før avgifter"; empty if nothing differs. */
export function differencesInWords(comparison: Comparison, t: T, format: Format): string {
  const figures = comparison.figures.flatMap(({ figure, difference }: FigureRow) => {
    if (!difference) return [];
    // The amount says it.
    if (figure === "recovered") return [];
    const count = Math.abs(difference);
    return [t(difference > 0 ? `timeMachine.more.${figure}` : `timeMachine.less.${figure}`, { count })];
  });
  const amounts = comparison.amounts.flatMap(({ of, difference }) => {
    if (of !== "amount" || !difference || Number(difference.amount) === 0) return [];
    const amount = format.money(unsigned(difference));
    return [t(Number(difference.amount) > 0 ? "timeMachine.moreAmount" : "timeMachine.lessAmount", { amount })];
  });
  return format.list([...amounts, ...figures]);
}
