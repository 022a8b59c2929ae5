import { isSame } from "~/money/money";

/** A line of one cycle's order. Prices are per unit, decimal strings in the contract's currency. */
export interface CycleLine {
  /** Global id; Shopify gives one to lines that are added too. */
  lineShopifyId: string;
  variantId: string | null;
  quantity: number;
  currentPrice: string;
}

/** What shall differ in one cycle from what the contract says. Lines are named by the contract's own ids. */
export type CycleLineChange =
  | { kind: "REMOVE"; lineShopifyId: string }
  | { kind: "QUANTITY"; lineShopifyId: string; quantity: number }
  /** Without a price the line keeps its own. */
  | { kind: "VARIANT"; lineShopifyId: string; variantId: string; price?: string }
  | { kind: "ADD"; variantId: string; quantity: number; price: string };

/** A line that the contract does not have. */
export type AddedLine = Omit<CycleLine, "lineShopifyId" | "variantId"> & { variantId: string };

/** How a cycle shall be in the end, whatever it is now: asking for the same twice therefore changes nothing. */
export interface WantedTerms {
  kept: CycleLine[];
  added: AddedLine[];
}

export interface TermSteps {
  remove: string[];
  update: CycleLine[];
  add: AddedLine[];
  /** A line of the contract that is wanted was removed by an earlier edit: only deleting that edit brings it back. */
  startOver: boolean;
}

/**
 * The contract's lines with the changes applied.
 * @returns null if a change names a line that the contract does not have
 */
export function wantedTerms(source: readonly CycleLine[], changes: readonly CycleLineChange[]): WantedTerms | null {
  let kept = source.map((line) => ({ ...line }));
  const added: AddedLine[] = [];
  for (const change of changes) {
    if (change.kind === "ADD") {
      added.push({ variantId: change.variantId, quantity: change.quantity, currentPrice: change.price });
      continue;
    }
    const line = kept.find(({ lineShopifyId }) => lineShopifyId === change.lineShopifyId);
    if (!line) return null;
    if (change.kind === "REMOVE") kept = kept.filter((one) => one !== line);
    else if (change.kind === "QUANTITY") line.quantity = change.quantity;
    else {
      line.variantId = change.variantId;
      if (change.price !== undefined) line.currentPrice = change.price;
    }
  }
  return { kept, added };
}

const isEqual = (a: Omit<CycleLine, "lineShopifyId">, b: Omit<CycleLine, "lineShopifyId">): boolean =>
  a.variantId === b.variantId && a.quantity === b.quantity && isSame(a.currentPrice, b.currentPrice);

/** What has to be done to a cycle that has `now` so that it has what is wanted. */
export function stepsTo(now: readonly CycleLine[], wanted: WantedTerms): TermSteps {
  const left = new Map(now.map((line) => [line.lineShopifyId, line]));
  const update: CycleLine[] = [];
  let startOver = false;
  for (const line of wanted.kept) {
    const current = left.get(line.lineShopifyId);
    left.delete(line.lineShopifyId);
    if (!current) startOver = true;
    else if (!isEqual(current, line)) update.push(line);
  }
  const add: AddedLine[] = [];
  for (const line of wanted.added) {
    const there = [...left.values()].find((one) => isEqual(one, line));
    if (there) left.delete(there.lineShopifyId);
    else add.push(line);
  }
  return { remove: [...left.keys()], update, add, startOver };
}

export const isDone = ({ remove, update, add, startOver }: TermSteps): boolean =>
  !startOver && remove.length + update.length + add.length === 0;
