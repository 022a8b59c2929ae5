/**
 * Real time, for what runs on it whatever the business clock says: rate limits, time-outs. Milliseconds from a moment of
 * no meaning, which never go back.
 */
export interface RealTime {
  now(): number;
  wait(milliseconds: number): Promise<void>;
}

export const realTime: RealTime = {
  now: () => performance.now(),
  wait: (milliseconds) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds)),
};
