import { AxisBottom, AxisLeft } from "@visx/axis";
import { GridRows } from "@visx/grid";
import { useParentSize } from "@visx/responsive";
import { scaleBand, scaleLinear } from "@visx/scale";
import { Bar } from "@visx/shape";
import { useState } from "react";
import type { KeyboardEvent } from "react";

import { CHART_HEIGHT } from "./day-series";
import type { ChartDay, DayChartProps, Series } from "./day-series";
import { useFormat, useT } from "./i18n";

const MARGIN = { top: 12, right: 4, bottom: 28, left: 36 };
/** A date beneath the axis needs about this much. */
const LABEL_WIDTH = 64;
const TICKS = 4;
const TIP_WIDTH = 190;

/** The drawing of a DayChart. It behaves as a slider over the days: that is how arrow keys and screen readers know it. */
export default function DayBars({ label, series, days, arrangement = "stacked" }: DayChartProps) {
  const t = useT();
  const format = useFormat();
  const { parentRef, width } = useParentSize({ debounceTime: 50 });
  const [shown, setShown] = useState<number | null>(null);
  const [chosen, setChosen] = useState(0);

  const highest = Math.max(1, ...days.map((day) => heightOf(day, arrangement)));
  const x = scaleBand({
    domain: days.map(({ date }) => date),
    range: [MARGIN.left, Math.max(MARGIN.left, width - MARGIN.right)],
    padding: 0.25,
  });
  const y = scaleLinear({ domain: [0, highest], range: [CHART_HEIGHT - MARGIN.bottom, MARGIN.top], nice: TICKS });
  const every = Math.max(1, Math.ceil((days.length * LABEL_WIDTH) / Math.max(1, width - MARGIN.left)));
  const say = (index: number): string => {
    const day = days[index];
    if (!day) return "";
    const numbers = series.map(({ name }, each) =>
      t("chart.value", { name, value: format.number(day.values[each] ?? 0) }),
    );
    return [format.day(day.date), ...numbers, ...(day.detail ? [day.detail] : [])].join(", ");
  };
  const moveTo = (event: KeyboardEvent) => {
    const to = afterKey(event.key, chosen, days.length);
    if (to === null) return;
    event.preventDefault();
    setChosen(to);
    setShown(to);
  };
  const tip = shown === null ? null : days[shown];

  return (
    <div
      ref={parentRef}
      className="pn-chart"
      style={{ height: CHART_HEIGHT }}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={1}
      aria-valuemax={days.length}
      aria-valuenow={chosen + 1}
      aria-valuetext={say(chosen)}
      onKeyDown={moveTo}
      onFocus={() => {
        setShown(chosen);
      }}
      onBlur={() => {
        setShown(null);
      }}
      onMouseLeave={() => {
        setShown(null);
      }}
    >
      {width > 0 ? (
        <svg width={width} height={CHART_HEIGHT} aria-hidden="true">
          <GridRows
            scale={y}
            left={MARGIN.left}
            width={Math.max(0, width - MARGIN.left - MARGIN.right)}
            tickValues={wholeTicks(y.ticks(TICKS))}
            className="pn-chart__grid"
          />
          {days.map((day, index) => (
            <g
              key={day.date}
              onMouseEnter={() => {
                setShown(index);
              }}
            >
              {/* The whole height answers to the pointer, also where the bar is low. */}
              <Bar
                x={(x(day.date) ?? 0) - (x.step() - x.bandwidth()) / 2}
                y={MARGIN.top}
                width={x.step()}
                height={CHART_HEIGHT - MARGIN.top - MARGIN.bottom}
                className={index === shown ? "pn-chart__column pn-chart__column--shown" : "pn-chart__column"}
              />
              {boxes(day, series, arrangement, x(day.date) ?? 0, x.bandwidth(), y).map(({ key, ...box }) => (
                <Bar key={key} rx={1} {...box} />
              ))}
            </g>
          ))}
          <AxisLeft
            scale={y}
            left={MARGIN.left}
            hideAxisLine
            hideTicks
            tickValues={wholeTicks(y.ticks(TICKS))}
            tickFormat={(value) => format.number(Number(value))}
            tickLabelProps={{ className: "pn-chart__label", textAnchor: "end", dx: "-0.25em", dy: "0.3em" }}
          />
          <AxisBottom
            scale={x}
            top={CHART_HEIGHT - MARGIN.bottom}
            hideTicks
            tickValues={days.filter((_, index) => index % every === 0).map(({ date }) => date)}
            tickFormat={(date) => format.dayOfMonth(date)}
            axisLineClassName="pn-chart__line"
            tickLabelProps={{ className: "pn-chart__label", textAnchor: "middle" }}
          />
        </svg>
      ) : null}
      {tip ? <Tip day={tip} series={series} middle={(x(tip.date) ?? 0) + x.bandwidth() / 2} width={width} /> : null}
    </div>
  );
}

function Tip({ day, series, middle, width }: { day: ChartDay; series: Series[]; middle: number; width: number }) {
  const format = useFormat();
  const left = Math.min(Math.max(0, middle - TIP_WIDTH / 2), Math.max(0, width - TIP_WIDTH));
  return (
    <div className="pn-chart__tip" style={{ left, width: TIP_WIDTH }} aria-hidden="true">
      <strong>{format.day(day.date)}</strong>
      {series.map(({ name, tone }, index) => (
        <span className="pn-chart__value" key={name}>
          <span>
            {series.length > 1 ? <span className={`pn-legend__dot pn-fill--${tone}`} /> : null} {name}
          </span>
          <span>{format.number(day.values[index] ?? 0)}</span>
        </span>
      ))}
      {day.detail ? <span>{day.detail}</span> : null}
    </div>
  );
}

type Arrangement = NonNullable<DayChartProps["arrangement"]>;

const heightOf = ({ values }: ChartDay, arrangement: Arrangement): number =>
  arrangement === "stacked" ? values.reduce((sum, value) => sum + value, 0) : Math.max(0, ...values);

/** Renewals come in whole numbers, so half a one is no line worth drawing. */
const wholeTicks = (ticks: number[]): number[] => ticks.filter(Number.isInteger);

/** @returns the day that a key leads to; null for keys that are not the chart's */
function afterKey(key: string, from: number, days: number): number | null {
  const last = Math.max(0, days - 1);
  switch (key) {
    case "ArrowRight":
    case "ArrowUp":
      return Math.min(last, from + 1);
    case "ArrowLeft":
    case "ArrowDown":
      return Math.max(0, from - 1);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}

/** The rectangles of a day, one a series. */
function boxes(
  day: ChartDay,
  series: Series[],
  arrangement: Arrangement,
  left: number,
  width: number,
  y: (value: number) => number,
): { key: string; className: string; x: number; y: number; width: number; height: number }[] {
  let below = 0;
  return series.map(({ name, tone }, index) => {
    const value = day.values[index] ?? 0;
    const beside = arrangement === "beside";
    const from = beside ? 0 : below;
    below += value;
    const part = width / series.length;
    return {
      key: name,
      className: `pn-fill--${tone}`,
      x: beside ? left + index * part : left,
      y: y(from + value),
      width: Math.max(1, beside ? part - 1 : width),
      height: Math.max(0, y(from) - y(from + value)),
    };
  });
}
