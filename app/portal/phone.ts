/**
 * A phone number as Shopify wants it (E.164, "+4791234567") of what people type: spaces, dashes, brackets, 00 for +.
 * @returns null without a country code, or if it is no number
 */
export function phoneNumber(typed: string): string | null {
  const bare = typed
    .replace("(0)", "")
    .replaceAll(/[\s().\-/]/g, "")
    .replace(/^00/, "+");
  return /^\+[1-9]\d{6,14}$/.test(bare) ? bare : null;
}
