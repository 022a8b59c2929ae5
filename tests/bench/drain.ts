/** The operation that drains: its calls are not the app's. */
export const DRAIN = "BenchDrain";
/** Documented: no query may cost more than 1,000 points; an object costs 1. */
const POINTS_PER_CALL = 990;
/** The bucket fills while it is drained: this near is there. */
const NEAR_ENOUGH = 1.1;

interface Answer {
  errors?: { message: string }[];
  extensions?: { cost?: { throttleStatus?: { currentlyAvailable: number } } };
}

/**
 * Empties a shop's bucket down to so many points, so that what it held before does not flatter what comes after.
 * @param to the stand-in and the app's own token there
 * @returns points left in the bucket
 */
export async function drain(
  to: { origin: string; shopDomain: string; token: string },
  points: number,
): Promise<number> {
  for (let available = await spend(to, 1); ;) {
    if (available <= points * NEAR_ENOUGH) return available;
    available = await spend(to, Math.min(POINTS_PER_CALL, Math.floor(available - points)));
  }
}

/** @returns points left in the bucket */
async function spend(to: { origin: string; shopDomain: string; token: string }, points: number): Promise<number> {
  const fields = Array.from({ length: points }, (_, index) => `s${index}: shop { id }`).join(" ");
  const response = await fetch(`${to.origin}/admin/api/2026-07/graphql.json`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-Shopify-Access-Token": to.token,
      "x-dev-shop-original-host": to.shopDomain,
    },
    body: JSON.stringify({ query: `query ${DRAIN} { ${fields} }` }),
  });
  const answer = (await response.json()) as Answer;
  const left = answer.extensions?.cost?.throttleStatus?.currentlyAvailable;
  if (left === undefined) throw new Error(`The bucket can't be drained: ${JSON.stringify(answer).slice(0, 300)}`);
  return left;
}
