import { AdminApiError } from "./admin-api.server";
import type { AdminApi } from "./admin-api.server";
import { requestAll } from "./aliases";
import { BulkOperationByIdDocument, BulkQueryRunDocument } from "./generated/admin";

/** Longest that a download may take: minutes for hundreds of megabytes. */
const DOWNLOAD_TIMEOUT_MS = 10 * 60_000;
/** A result larger than this is no result of ours: a contract takes some 300 bytes. */
const MAX_RESULT_BYTES = 2 * 1024 ** 3;
/** A line is one object of a few fields. */
const MAX_LINE_LENGTH = 1024 ** 2;

export type BulkStart =
  | { outcome: "STARTED"; ids: string[] }
  /** Shopify's code and words: LIMIT_REACHED when five run already, INVALID for a query that it does not take. */
  | { outcome: "REFUSED"; code: string; message: string };

/**
 * Has Shopify carry out bulk queries in the background, all in one call of ten points each.
 * @param queries made by `bulkQueryText`
 * @throws AdminApiError; an unanswered call may have started some, which do no harm
 */
export async function startBulkQueries(admin: AdminApi, queries: readonly string[]): Promise<BulkStart> {
  const answers = await requestAll(
    admin,
    BulkQueryRunDocument,
    queries.map((query) => ({ query })),
  );
  const error = answers.flatMap(({ bulkOperationRunQuery }) => bulkOperationRunQuery?.userErrors ?? [])[0];
  if (error) return { outcome: "REFUSED", code: error.code ?? "UNKNOWN", message: error.message };
  const ids = answers.flatMap(({ bulkOperationRunQuery }) => bulkOperationRunQuery?.bulkOperation?.id ?? []);
  return ids.length === queries.length
    ? { outcome: "STARTED", ids }
    : { outcome: "REFUSED", code: "UNKNOWN", message: "Shopify started nothing and did not say why." };
}

export type BulkState =
  | { state: "RUNNING" }
  /** `url` is null when nothing was found; it is good for seven days. */
  | { state: "COMPLETED"; objectCount: number; url: string | null }
  /** Failed, cancelled, expired or gone. */
  | { state: "ENDED"; reason: string };

/** How bulk operations stand, a point each. @throws AdminApiError */
export async function bulkStates(admin: AdminApi, ids: readonly string[]): Promise<BulkState[]> {
  const answers = await requestAll(
    admin,
    BulkOperationByIdDocument,
    ids.map((id) => ({ id })),
  );
  return answers.map(({ bulkOperation: operation }): BulkState => {
    switch (operation?.status) {
      case "CREATED":
      case "RUNNING":
      case "CANCELING":
        return { state: "RUNNING" };
      case "COMPLETED":
        return { state: "COMPLETED", objectCount: Number(operation.objectCount), url: operation.url };
      default:
        return { state: "ENDED", reason: operation?.errorCode ?? operation?.status ?? "NOT_FOUND" };
    }
  });
}

/**
 * The objects of a result, one after another as they arrive. A line that is no JSON is `undefined`: whoever reads says
 * what that means.
 * @throws AdminApiError NO_ANSWER for a download that fails, is cut off or takes too long; REFUSED for one too large
 */
export async function* bulkLines(url: string): AsyncGenerator<unknown> {
  let rest = "";
  let bytes = 0;
  const decoder = new TextDecoder();
  for await (const chunk of download(url)) {
    bytes += chunk.byteLength;
    if (bytes > MAX_RESULT_BYTES) throw new AdminApiError("REFUSED", "The bulk operation's result is too large.");
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > MAX_LINE_LENGTH) throw new AdminApiError("REFUSED", "The bulk operation's result has no lines.");
    for (const line of lines) if (line.trim() !== "") yield parsed(line);
  }
  rest += decoder.decode();
  if (rest.trim() !== "") yield parsed(rest);
}

async function* download(url: string): AsyncGenerator<Uint8Array> {
  try {
    // The address is its own key: no token is sent along.
    const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS) });
    if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
    const reader = response.body.getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return;
        yield value;
      }
    } finally {
      await reader.cancel();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AdminApiError("NO_ANSWER", `The bulk operation's result could not be read: ${reason}`.slice(0, 500));
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return undefined;
  }
}
