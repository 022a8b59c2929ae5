import type { TodayView } from "./views";

/** How many of today's renewals need no more waiting for. */
export const doneToday = ({ all, underWay, later }: TodayView): number => all.count - underWay.count - later.count;
