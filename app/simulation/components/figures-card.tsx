import { BlockStack, Card, Text } from "@shopify/polaris";
import type { ReactNode } from "react";

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
          cells={[format.money(now), then && format.money(then), difference && signedMoney(difference, format)]}
        />
      ));

  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("timeMachine.figuresTitle")}
        </Text>
        <div className="pn-table-frame" role="region" aria-label={t("timeMachine.figuresTitle")} tabIndex={0}>
          <table className="pn-table">
            <thead>
              <tr>
                <th scope="col">{t("timeMachine.columnFigure")}</th>
                <NumberHead>{t("timeMachine.columnNow")}</NumberHead>
                {compared ? (
                  <>
                    <NumberHead>{t("timeMachine.columnThen")}</NumberHead>
                    <NumberHead>{t("timeMachine.columnDifference")}</NumberHead>
                  </>
                ) : null}
              </tr>
            </thead>
            <tbody>
              {comparison.figures.map(({ figure, now, then, difference }) => [
                <Row
                  key={figure}
                  title={t(`timeMachine.figure.${figure}`)}
                  cells={[
                    format.number(now),
                    then === null ? null : format.number(then),
                    difference === null ? null : signed(difference, format),
                  ]}
                />,
                ...(figure === "charged" ? amounts("amount") : []),
                ...(figure === "recovered" ? amounts("recoveredAmount") : []),
              ])}
            </tbody>
          </table>
        </div>
      </BlockStack>
    </Card>
  );
}

const NumberHead = ({ children }: { children: ReactNode }) => (
  <th scope="col" className="pn-table__number">
    {children}
  </th>
);

function Row({ title, cells }: { title: string; cells: (string | null)[] }) {
  const shown = cells.filter((cell) => cell !== null);
  return (
    <tr>
      <th scope="row">{title}</th>
      {shown.map((cell, index) => (
        // The columns have an order and nothing else.
        <td className="pn-table__number" key={index}>
          {cell}
        </td>
      ))}
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
