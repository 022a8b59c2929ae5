import { money, times } from "~/money/money";
import type { DecimalLike, Money } from "~/money/money";

/** Products that go with one delivery alone: pure. */

/** One-offs that may wait for one delivery: with the contract's own lines well below the 50 lines that are read of a cycle. */
export const MAX_ONE_OFFS = 10;
/** As many of one as anybody means; more is a slip. */
export const MAX_QUANTITY = 99;

export interface OneOffView {
  id: string;
  contractId: string;
  variantId: string;
  title: string;
  variantTitle: string | null;
  imageUrl: string | null;
  quantity: number;
  /** Per unit, as it was seen when it was added. */
  price: Money;
  /** Price times quantity. */
  total: Money;
  /** ISO 8601 */
  addedAt: string;
}

interface OneOffRow {
  id: string;
  contractId: string;
  variantId: string;
  title: string;
  variantTitle: string | null;
  imageUrl: string | null;
  quantity: number;
  price: DecimalLike;
  currencyCode: string;
  addedAt: Date;
}

export function oneOffView(row: OneOffRow): OneOffView {
  const { id, contractId, variantId, title, variantTitle, imageUrl, quantity, currencyCode, addedAt } = row;
  const price = money(row.price, currencyCode);
  return {
    ...{ id, contractId, variantId, title, variantTitle, imageUrl, quantity, price },
    total: times(price, quantity),
    addedAt: addedAt.toISOString(),
  };
}
