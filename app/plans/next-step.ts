import type { Plan } from "./plan-group";

/** The one thing a shop should do next, or null when it is up and running. */
export type NextStep =
  | { step: "CREATE_PLAN" }
  /** A plan without products: nobody can choose it. */
  | { step: "ATTACH_PRODUCTS"; plan: { id: string; name: string } }
  /** Whether the block is in the theme, Shopify tells the browser alone. */
  | { step: "PLACE_WIDGET" };

/** @param plans null if Shopify could not be read: then nothing is advised. @param subscribers active subscriptions */
export function nextStep(
  plans: Pick<Plan, "id" | "name" | "productCount">[] | null,
  subscribers: number,
): NextStep | null {
  if (!plans) return null;
  if (plans.length === 0) return { step: "CREATE_PLAN" };
  // The newest is the one that was left half done.
  const unused = plans.find(({ productCount }) => productCount === 0);
  const used = plans.some(({ productCount }) => productCount > 0);
  if (unused && !used) return { step: "ATTACH_PRODUCTS", plan: { id: unused.id, name: unused.name } };
  return subscribers === 0 ? { step: "PLACE_WIDGET" } : null;
}
