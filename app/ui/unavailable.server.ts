import { AdminApiError } from "~/shopify/admin-api.server";

/**
 * For loaders that need Shopify's answer: without one the error page says so in plain words.
 * @throws Response 503
 */
export async function orUnavailable<Value>(work: Promise<Value>): Promise<Value> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof AdminApiError && error.trouble !== "REFUSED") throw new Response(null, { status: 503 });
    throw error;
  }
}
