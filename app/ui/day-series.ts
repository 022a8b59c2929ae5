/** What a chart of days is made of: shared by its frame, its drawing and its table. */

export type Tone = "info" | "success" | "critical" | "caution";

export interface Series {
  name: string;
  tone: Tone;
}

export interface ChartDay {
  /** "2026-12-01" */
  date: string;
  /** One for each series, in their order. */
  values: number[];
  /** Said of the day beside its numbers: an amount. */
  detail?: string;
}

export interface DayChartProps {
  /** What the chart is of: its name for screen readers and its table's caption. */
  label: string;
  series: Series[];
  days: ChartDay[];
  /** On top of one another (parts of a whole) or beside each other (to compare). */
  arrangement?: "stacked" | "beside";
  /** Heading of the details' column in the table. */
  detailTitle?: string;
}

/** As high as the drawing, so that nothing jumps when it has come. */
export const CHART_HEIGHT = 240;
