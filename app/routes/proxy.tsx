import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";

import { appContext } from "~/app-context.server";
import { portal, portalProxy } from "~/portal/proxy/portal.server";

/** The shopper's portal, as Shopify's app proxy asks for it. */
export async function loader({ request }: LoaderFunctionArgs): Promise<Response> {
  return portal(await appContext(), portalProxy(), request);
}

export async function action({ request }: ActionFunctionArgs): Promise<Response> {
  if (request.method !== "POST") return new Response(null, { status: 405, headers: { Allow: "GET, POST" } });
  return portal(await appContext(), portalProxy(), request);
}
