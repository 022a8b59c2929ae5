import type { DayChartProps } from "./day-series";
import { useFormat, useT } from "./i18n";

/** The chart's numbers as a table, days on which nothing happens left out. */
export function DayTable({ label, series, days, detailTitle }: DayChartProps) {
  const t = useT();
  const format = useFormat();
  const shown = days.filter(({ values }) => values.some((value) => value > 0));
  return (
    <div className="pn-table-frame" role="region" aria-label={label} tabIndex={0}>
      <table className="pn-table">
        <thead>
          <tr>
            <th scope="col">{t("chart.day")}</th>
            {series.map(({ name }) => (
              <th scope="col" className="pn-table__number" key={name}>
                {name}
              </th>
            ))}
            {detailTitle ? (
              <th scope="col" className="pn-table__number">
                {detailTitle}
              </th>
            ) : null}
          </tr>
        </thead>
        <tbody>
          {shown.map(({ date, values, detail }) => (
            <tr key={date}>
              <th scope="row">{format.day(date)}</th>
              {series.map(({ name }, index) => (
                <td className="pn-table__number" key={name}>
                  {format.number(values[index] ?? 0)}
                </td>
              ))}
              {detailTitle ? <td className="pn-table__number">{detail ?? ""}</td> : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
