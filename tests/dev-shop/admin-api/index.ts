import type { DevShop } from "../dev-shop";
import type { Shop } from "../world";

export interface AdminApiRequest {
  /** The X-Shopify-Access-Token header. */
  accessToken: string | null;
  /** From the path: "2026-07". */
  version: string;
  /** The parsed JSON body. */
  body: unknown;
  requestId: string;
}

export interface AdminApiResponse {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** Answers POST /admin/api/{version}/graphql.json of one shop. */
export async function handleAdminApi(
  _devShop: DevShop,
  _shop: Shop,
  _request: AdminApiRequest,
): Promise<AdminApiResponse> {
  return Promise.resolve({ status: 404, headers: {}, body: { errors: "Not Found" } });
}
