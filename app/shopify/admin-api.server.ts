import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { print } from "graphql";
import type { DocumentNode } from "graphql";
import { ClientError, GraphQLClient } from "graphql-request";

import type { Log } from "~/lib/log.server";
import { realTime } from "~/lib/real-time";

import type { AnsweredCost, CallPriority, CallShape } from "./rate-budget";
import { RateLine } from "./rate-line";

/** Every document is checked against this version (docs/decisions/0003). */
export const ADMIN_API_VERSION = "2026-07";

/** Shopify answers within seconds; past this the outcome of a mutation is unknown, not failed. */
const TIMEOUT_MS = 20_000;
/** Aliased mutations run one after another, an attempt in 0.3 to 0.7 s: what 25 of them need must not end as unknown. */
const TIMEOUT_PER_MUTATION_MS = 1_000;
/** Throttled and unreachable calls are tried this often before the job gives up and is itself retried later. */
const MAX_TRIES = 6;
/** Upper bound of one wait for an unreachable Shopify. */
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
    /** With REFUSED: the call was turned away as such (HTTP 4xx), which says nothing about what it asked for. */
    readonly isTurnedAway = false,
  ) {
    super(message);
  }
}

export interface CallOptions {
  /** Default: that of the process, a page in the web process and background work in the worker. */
  priority?: CallPriority;
  /** Asked right before each try leaves, after every wait: what says yes is not sent, and ends as NO_ANSWER. */
  isLate?: () => boolean;
}

/** A shop's Admin API points, as far as this process knows. */
export interface AdminApiRate {
  /** Points that come back in a second. */
  restoreRate: number;
  /** Points that the bucket holds after everything on its way; below 0 while calls stand in for what comes back. */
  available: number;
  maximum: number;
}

export interface AdminApi {
  /**
   * Carries out one typed operation and returns its data.
   * Queries are repeated when throttled or unanswered; mutations only when throttled (then nothing was done), so that
   * "no answer" reaches the caller, who decides by idempotency key or by re-reading.
   * Calls may run side by side: each waits in the shop's line until its points are there (rate-line.ts).
   * @throws AdminApiError; THROTTLED at once if it would have to stand in the line for too long
   */
  request<Data, Variables extends object>(
    document: TypedDocumentNode<Data, Variables>,
    variables: Variables,
    options?: CallOptions,
  ): Promise<Data>;

  /** Before Shopify's first answer a careful guess; `restoreRate` says how many calls are worth having on their way. */
  rate(): AdminApiRate;
}

export interface AdminApiDependencies {
  shopDomain: string;
  /** A valid access token, refreshed when needed. @throws AdminApiError SIGNED_OUT */
  accessToken(options: { renew: boolean }): Promise<string>;
  log: Log;
  /** The shop's line, shared by every client of the shop in this process. Default: one of this client's own. */
  line?: RateLine;
  /** Of calls that don't say theirs. */
  priority?: CallPriority;
  /** Waits real time: points come back in real seconds whatever the business clock says. */
  wait?: (milliseconds: number) => Promise<void>;
  fetch?: typeof fetch;
}

const shapeOf = (document: DocumentNode): CallShape => {
  const operation = document.definitions.find((definition) => definition.kind === "OperationDefinition");
  return {
    operation: operation?.name?.value ?? "",
    aliases: operation?.selectionSet.selections.length ?? 1,
    mutation: operation?.operation === "mutation",
  };
};

const timeoutOf = ({ mutation, aliases }: CallShape): number =>
  TIMEOUT_MS + (mutation ? TIMEOUT_PER_MUTATION_MS * aliases : 0);

const errorCode = (error: ClientError): string | undefined => {
  const code = error.response.errors?.[0]?.extensions?.code;
  return typeof code === "string" ? code : undefined;
};

/** The `extensions.cost` of an answer, good or bad; null if it has none that can be read. */
function costOf(extensions: unknown): AnsweredCost | null {
  const { cost } = (extensions ?? {}) as { cost?: Partial<AnsweredCost> };
  if (typeof cost?.requestedQueryCost !== "number" || !cost.throttleStatus) return null;
  return {
    requestedQueryCost: cost.requestedQueryCost,
    actualQueryCost: cost.actualQueryCost ?? null,
    throttleStatus: cost.throttleStatus,
  };
}

/** The one place that knows tokens, cost, throttling, retries and time-outs of Shopify's Admin API. */
export function createAdminApi(dependencies: AdminApiDependencies): AdminApi {
  const { shopDomain, accessToken, log } = dependencies;
  const wait = dependencies.wait ?? realTime.wait;
  const line = dependencies.line ?? new RateLine({ now: realTime.now, wait });
  const client = new GraphQLClient(`https://${shopDomain}/admin/api/${ADMIN_API_VERSION}/graphql.json`, {
    // Looked up at each call: the demo routes Shopify's hosts by replacing the global dispatcher.
    fetch: (input, init) => (dependencies.fetch ?? fetch)(input, init),
  });

  /** One try: stands in the line, calls, and tells the line what it cost. */
  async function call<Data>(
    query: string,
    variables: object,
    { shape, priority, token, again, isLate }: Try,
  ): Promise<Data> {
    const taken = await line.enter(shape, priority, again);
    if (!taken) throw new AdminApiError("THROTTLED", "The shop's points are spoken for.");
    let cost: AnsweredCost | "THROTTLED" | null = null;
    try {
      if (isLate?.()) throw new AdminApiError("NO_ANSWER", "Too late to be sent.");
      const answer = await client.rawRequest<Data>({
        query,
        variables: { ...variables },
        requestHeaders: { "X-Shopify-Access-Token": token },
        signal: AbortSignal.timeout(timeoutOf(shape)),
      });
      cost = costOf(answer.extensions);
      return answer.data;
    } catch (error) {
      if (error instanceof ClientError) {
        cost = costOf(error.response.extensions);
        if (cost === null && troubleOf(error) === "THROTTLED") cost = "THROTTLED";
      }
      throw error;
    } finally {
      line.leave(taken, cost);
    }
  }

  return {
    async request<Data, Variables extends object>(
      document: TypedDocumentNode<Data, Variables>,
      variables: Variables,
      options?: CallOptions,
    ) {
      const shape = shapeOf(document);
      const priority = options?.priority ?? dependencies.priority ?? "page";
      const query = print(document);
      let since = 0;
      let renew = false;
      let throttled = false;
      for (let attempt = 1; ; attempt += 1) {
        const token = await accessToken({ renew });
        if (!throttled) since = line.now();
        try {
          const again = throttled ? { since } : undefined;
          return await call<Data>(query, variables, { shape, priority, token, again, isLate: options?.isLate });
        } catch (error) {
          const trouble = troubleOf(error);
          const last = attempt >= MAX_TRIES || error instanceof AdminApiError;
          throttled = trouble === "THROTTLED";
          if (trouble === "SIGNED_OUT" && !renew) {
            renew = true;
            continue;
          }
          if (throttled && !last) continue;
          if (trouble === "NO_ANSWER" && !shape.mutation && !last) {
            await wait(Math.min(MAX_WAIT_MS, 250 * 2 ** attempt));
            continue;
          }
          log.warn({ shop: shopDomain, trouble, attempt }, "Admin API call failed");
          const message = error instanceof Error ? error.message.slice(0, 500) : String(error);
          const isTurnedAway = trouble === "REFUSED" && error instanceof ClientError && error.response.status >= 400;
          throw new AdminApiError(trouble, message, isTurnedAway);
        }
      }
    },

    rate() {
      const { restoreRate, currentlyAvailable, maximumAvailable } = line.status();
      return { restoreRate, available: currentlyAvailable, maximum: maximumAvailable };
    },
  };
}

interface Try {
  shape: CallShape;
  priority: CallPriority;
  token: string;
  again: { since: number } | undefined;
  isLate: (() => boolean) | undefined;
}

function troubleOf(error: unknown): AdminApiTrouble {
  if (error instanceof AdminApiError) return error.trouble;
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
