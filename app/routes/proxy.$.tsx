import type { LoaderFunctionArgs } from "@remix-run/node";

import { appContext } from "~/app-context.server";
import { portal, portalSettings } from "~/portal/proxy/portal.server";

/** Addresses below the portal that don't exist, said inside the shop's theme. */
const notFound = async ({ request }: LoaderFunctionArgs): Promise<Response> =>
  portal(await appContext(), portalSettings(), request, false);

export const loader = notFound;
export const action = notFound;
