import { redirect } from "@remix-run/node";
import type { LoaderFunctionArgs } from "@remix-run/node";

/** Shopify opens the app at its root; the pages are under /app. */
export const loader = ({ request }: LoaderFunctionArgs) => redirect(`/app${new URL(request.url).search}`);
