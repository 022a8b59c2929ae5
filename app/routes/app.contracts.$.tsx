import type { LoaderFunctionArgs } from "@remix-run/node";
import { redirect } from "@remix-run/node";

import { authenticateAdmin } from "~/shopify/authenticate.server";

/**
 * Shopify's subscription links may carry a global id, whose slashes make it several parts of the address:
 * /app/contracts/gid://shopify/SubscriptionContract/1 leads to /app/contracts/1.
 */
export async function loader({ request, params }: LoaderFunctionArgs) {
  await authenticateAdmin(request);
  const number = /SubscriptionContract\/(\d+)$/.exec(params["*"] ?? "")?.[1];
  if (!number) throw new Response(null, { status: 404 });
  return redirect(`/app/contracts/${number}${new URL(request.url).search}`);
}
