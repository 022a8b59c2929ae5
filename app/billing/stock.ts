import type { WaitingOneOff } from "./ledger/charge-store";
import type { ExpectedLine } from "./engine";
import type { BillingSettings } from "./settings/settings";

/**
 * What of a renewal is sent, by what there is: pure. Stock is not dunning; the merchant's rules decide by line. What goes
 * with this delivery alone comes after the contract's own lines and never holds them up.
 */

/** What there is of a variant. */
export interface StockLevel {
  /** Null: not tracked, or sold on when there is none. */
  available: number | null;
  /** Decimal string. */
  price: string;
  title: string;
}

export type LineChange =
  | { kind: "REMOVE"; line: ExpectedLine }
  | { kind: "QUANTITY"; line: ExpectedLine; quantity: number }
  | { kind: "VARIANT"; line: ExpectedLine; variantId: string; title: string };

export type StockVerdict =
  | { kind: "SEND" }
  | { kind: "WAIT"; lines: readonly ExpectedLine[] }
  /** Without what is missing nothing is left. */
  | { kind: "SKIP" }
  | CycleChange;

/** The cycle's order differs from the contract. */
export interface CycleChange {
  kind: "CHANGE";
  changes: readonly LineChange[];
  /** What goes with it. */
  oneOffs: readonly WaitingOneOff[];
  /** What was to go with it and waits for the next delivery: there is not enough of it. */
  leftOut: readonly WaitingOneOff[];
}

/**
 * Decides for one renewal and takes what it needs from `levels`, so that the next one sees what is left.
 * A line whose stock is unknown is sent: Shopify has the last word.
 * A substitute costs what the line costs: nobody pays more for what the shop is short of.
 * @param asked what somebody has added to this delivery; one that nothing is known of (it is sold no more) is left out
 */
export function decideStock(
  lines: readonly ExpectedLine[],
  levels: Map<string, StockLevel>,
  settings: Pick<BillingSettings, "stockPolicy" | "stockRules">,
  asked: readonly WaitingOneOff[] = [],
): StockVerdict {
  const changes: LineChange[] = [];
  const waiting: ExpectedLine[] = [];
  const wanted = new Map<string, number>();
  const take = (variantId: string, quantity: number) => wanted.set(variantId, (wanted.get(variantId) ?? 0) + quantity);
  const left = (variantId: string | null): number => {
    const available = variantId === null ? null : levels.get(variantId)?.available;
    return available == null ? Infinity : Math.max(0, available - (wanted.get(variantId ?? "") ?? 0));
  };
  let kept = 0;
  for (const line of lines) {
    const { variantId, quantity } = line;
    if (variantId === null || left(variantId) >= quantity) {
      if (variantId !== null) take(variantId, quantity);
      kept += 1;
      continue;
    }
    const rule = settings.stockRules.get(variantId);
    const policy = rule?.policy ?? settings.stockPolicy;
    const substitute = rule?.substituteVariantId ?? null;
    if (policy === "SUBSTITUTE" && substitute !== null && levels.has(substitute) && left(substitute) >= quantity) {
      take(substitute, quantity);
      changes.push({ kind: "VARIANT", line, variantId: substitute, title: levels.get(substitute)?.title ?? "" });
      kept += 1;
    } else if (policy === "SKIP_LINE") changes.push({ kind: "REMOVE", line });
    else if (policy === "SHIP_REST") {
      const rest = left(variantId);
      if (rest > 0) {
        take(variantId, rest);
        changes.push({ kind: "QUANTITY", line, quantity: rest });
        kept += 1;
      } else changes.push({ kind: "REMOVE", line });
    } else waiting.push(line);
  }
  // One line that must be waited for holds the whole renewal: it is one order.
  if (waiting.length > 0) return { kind: "WAIT", lines: waiting };
  if (kept === 0 && lines.length > 0) return { kind: "SKIP" };
  const oneOffs: WaitingOneOff[] = [];
  const leftOut: WaitingOneOff[] = [];
  for (const oneOff of asked) {
    const { variantId, quantity } = oneOff;
    const isThere = levels.has(variantId) && left(variantId) >= quantity;
    if (isThere) take(variantId, quantity);
    (isThere ? oneOffs : leftOut).push(oneOff);
  }
  for (const [variantId, quantity] of wanted) {
    const level = levels.get(variantId);
    if (level?.available != null) levels.set(variantId, { ...level, available: level.available - quantity });
  }
  const isChanged = changes.length + oneOffs.length + leftOut.length > 0;
  return isChanged ? { kind: "CHANGE", changes, oneOffs, leftOut } : { kind: "SEND" };
}
