/** The value that so many of the samples (a share from 0 to 1) do not exceed; NaN of none. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export const median = (samples: readonly number[]): number => percentile(samples, 0.5);

/** "1.23 of 10.5": a measured number beside its limit, as a ratio. */
export const ofLimit = (value: number, limit: number): string => `${(value / limit).toFixed(2)} of ${limit}`;
