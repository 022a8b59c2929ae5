import type { Plan } from "./plan-group";

/** The one thing a shop should do next. */
export type NextStep =
  /** Money that did not come in: somebody should look. */
  | { step: "LOOK_AT_PAYMENTS"; count: number }
  | { step: "CREATE_PLAN" }
  /** A plan without products: nobody can choose it. */
  | { step: "ATTACH_PRODUCTS"; plan: { id: string; name: string } }
  /** Whether the block is in the theme, Shopify tells the browser alone. */
  | { step: "PLACE_WIDGET" }
  /** All is well: what there is to win is more subscribers. */
  | { step: "OFFER_MORE"; plan: { id: string; name: string; productCount: number } };

/**
 * @param plans newest first; null if Shopify could not be read
 * @param shop its active subscriptions, and those whose last payment failed
 * @returns null only when Shopify could not be read and no payment failed: then there is nothing to go by
 */
export function nextStep(
  plans: Pick<Plan, "id" | "name" | "productCount">[] | null,
  shop: { subscribers: number; paymentsFailed: number },
): NextStep | null {
  if (shop.paymentsFailed > 0) return { step: "LOOK_AT_PAYMENTS", count: shop.paymentsFailed };
  if (!plans) return null;
  // The newest is the one that was left half done.
  const unused = plans.find(({ productCount }) => productCount === 0);
  if (unused) return { step: "ATTACH_PRODUCTS", plan: { id: unused.id, name: unused.name } };
  const [newest] = plans;
  if (!newest) return { step: "CREATE_PLAN" };
  if (shop.subscribers === 0) return { step: "PLACE_WIDGET" };
  return { step: "OFFER_MORE", plan: { id: newest.id, name: newest.name, productCount: newest.productCount } };
}
