import { add, money } from "~/money/money";
import type { DecimalLike, Money } from "~/money/money";

import type { Tally } from "./views";

/** A row of an aggregate: so many of one currency. Sums of nothing come as null. */
export interface Counted {
  currencyCode: string;
  count: bigint | number;
  amount: DecimalLike | null;
}

/** How many in all, and one sum a currency. */
export function tally(rows: readonly Counted[]): Tally {
  const sums = new Map<string, Money>();
  let count = 0;
  for (const row of rows) {
    if (Number(row.count) === 0) continue;
    count += Number(row.count);
    const own = money(row.amount ?? 0, row.currencyCode);
    const sum = sums.get(row.currencyCode);
    sums.set(row.currencyCode, sum ? add(sum, own) : own);
  }
  return { count, amount: [...sums.values()] };
}
