import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";
import type { DocumentNode } from "graphql";
import { ClientError, GraphQLClient } from "graphql-request";

import type { Log } from "~/lib/log.server";

/** Every document is checked against this version (docs/decisions/0003). */
export const ADMIN_API_VERSION = "2026-07";

/** Shopify answers within seconds; past this the outcome of a mutation is unknown, not failed. */
const TIMEOUT_MS = 20_000;
/** Throttled and unreachable calls are tried this often before the job gives up and is itself retried later. */
const MAX_TRIES = 6;
/** Upper bound of one wait for points or for an unreachable Shopify. */
const MAX_WAIT_MS = 10_000;

/** Why an Admin API call could not be made or its answer is not known. */
export type AdminApiTrouble =
  /** No valid token: the app is uninstalled, or the merchant must open it again. */
  | "SIGNED_OUT"
  /** HTTP 402, 423: the shop is frozen or locked. */
  | "SHOP_UNAVAILABLE"
  /** A scope the merchant has not granted. */
  | "ACCESS_DENIED"
  /** Out of points for longer than we wait. */
  | "THROTTLED"
  /** No answer, or HTTP 5xx: a mutation may or may not have been carried out. */
  | "NO_ANSWER"
  /** Shopify refused the document: a bug of ours. */
  | "REFUSED";

export class AdminApiError extends Error {
  override readonly name = "AdminApiError";
  constructor(
    readonly trouble: AdminApiTrouble,
    message: string,
  ) {
    super(message);
  }
}

/** Points as Shopify last told us. */
export interface ThrottleStatus {
  maximumAvailable: number;
  currentlyAvailable: number;
  restoreRate: number;
}

export interface AdminApi {
  /**
   * Carries out one typed operation and returns its data.
   * Queries are repeated when throttled or unanswered; mutations only when throttled (then nothing was done), so that
   * "no answer" reaches the caller, who decides by idempotency key or by re-reading.
   * @throws AdminApiError
   */
  request<Data, Variables extends object>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
  ): Promise<Data>;
}

export interface AdminApiDependencies {
  shopDomain: string;
  /** A valid access token, refreshed when needed. @throws AdminApiError SIGNED_OUT */
  accessToken(options: { renew: boolean }): Promise<string>;
  log: Log;
  /** Waits real time: points come back in real seconds whatever the business clock says. */
  wait?: (milliseconds: number) => Promise<void>;
  fetch?: typeof fetch;
}

interface CostExtension {
  cost?: { requestedQueryCost?: number; throttleStatus?: ThrottleStatus };
}

const realWait = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));

const isMutation = (document: DocumentNode): boolean =>
  document.definitions.some(
    (definition) => definition.kind === "OperationDefinition" && definition.operation === "mutation",
  );

const errorCode = (error: ClientError): string | undefined => {
  const code = error.response.errors?.[0]?.extensions?.code;
  return typeof code === "string" ? code : undefined;
};

/** How long until the bucket holds the points that the refused call asked for. */
export function throttleWaitMs(error: ClientError): number {
  const { cost } = (error.response.extensions ?? {}) as CostExtension;
  if (!cost?.throttleStatus || !cost.requestedQueryCost) return 1000;
  const { currentlyAvailable, restoreRate } = cost.throttleStatus;
  const missing = Math.max(1, cost.requestedQueryCost - currentlyAvailable);
  return Math.min(MAX_WAIT_MS, Math.ceil((missing / restoreRate) * 1000));
}

/** The one place that knows tokens, cost, throttling, retries and time-outs of Shopify's Admin API. */
export function createAdminApi(dependencies: AdminApiDependencies): AdminApi {
  const { shopDomain, accessToken, log } = dependencies;
  const wait = dependencies.wait ?? realWait;
  const client = new GraphQLClient(`https://${shopDomain}/admin/api/${ADMIN_API_VERSION}/graphql.json`, {
    // Looked up at each call: the demo routes Shopify's hosts by replacing the global dispatcher.
    fetch: (input, init) => (dependencies.fetch ?? fetch)(input, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) }),
  });

  return {
    async request<Data, Variables extends object>(document: TypedDocumentNode<Data, Variables>, variables: Variables) {
      const mutation = isMutation(document);
      let renew = false;
      for (let attempt = 1; ; attempt += 1) {
        const token = await accessToken({ renew });
        try {
          const { data } = await client.rawRequest<Data>(
            print(document),
            { ...variables },
            {
              "X-Shopify-Access-Token": token,
            },
          );
          return data;
        } catch (error) {
          const trouble = troubleOf(error);
          const last = attempt >= MAX_TRIES;
          if (trouble === "SIGNED_OUT" && !renew) {
            renew = true;
            continue;
          }
          if (trouble === "THROTTLED" && !last && error instanceof ClientError) {
            await wait(throttleWaitMs(error));
            continue;
          }
          if (trouble === "NO_ANSWER" && !mutation && !last) {
            await wait(Math.min(MAX_WAIT_MS, 250 * 2 ** attempt));
            continue;
          }
          log.warn({ shop: shopDomain, trouble, attempt }, "Admin API call failed");
          throw new AdminApiError(trouble, error instanceof Error ? error.message.slice(0, 500) : String(error));
        }
      }
    },
  };
}

function troubleOf(error: unknown): AdminApiTrouble {
  if (!(error instanceof ClientError)) return "NO_ANSWER";
  const { status } = error.response;
  if (status === 401) return "SIGNED_OUT";
  if (status === 402 || status === 423) return "SHOP_UNAVAILABLE";
  if (status === 403) return "ACCESS_DENIED";
  if (status === 429) return "THROTTLED";
  if (status >= 500) return "NO_ANSWER";
  const code = errorCode(error);
  if (code === "THROTTLED") return "THROTTLED";
  if (code === "ACCESS_DENIED") return "ACCESS_DENIED";
  if (code === "INTERNAL_SERVER_ERROR") return "NO_ANSWER";
  return "REFUSED";
}
