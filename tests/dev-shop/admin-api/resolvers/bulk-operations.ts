import { bulkOperationsOf, cancelBulkOperation, fillBulkOperation, holds, startBulkOperation } from "../../domain";
import { gid, type BulkOperation } from "../../world";
import { readBulkQuery, runBulkQuery, type BulkQuery } from "../bulk-query";
import { connect } from "../connection";
import { numericId, type Context, type Fields, type Listing } from "../context";
import { invalidId } from "../errors";
import { search, type Searchable } from "../search";
import { userErrors } from "./values";

const SEARCH: Searchable<BulkOperation> = {
  filters: {
    id: { type: "id", get: ({ id }) => id },
    created_at: { type: "time", get: ({ createdAt }) => createdAt },
    operation_type: { type: "string", get: () => "query" },
    status: { type: "string", get: ({ status }) => status },
  },
  text: () => "",
};

/** What is still to be read because results show the end (RULES.bulkResultsShowTheStart off). Derived, never saved. */
const unread = new WeakMap<BulkOperation, { bulk: BulkQuery; groupObjects: boolean }>();

async function upToDate(context: Context, operation: BulkOperation): Promise<BulkOperation> {
  const waiting = unread.get(operation);
  if (waiting && operation.status === "COMPLETED") {
    unread.delete(operation);
    fillBulkOperation(operation, await runBulkQuery(context, waiting.bulk, waiting.groupObjects));
  }
  return operation;
}

export async function ownBulkOperation(context: Context, id: string): Promise<BulkOperation | null> {
  const operation = bulkOperationsOf(context.world, context.shop)[numericId("BulkOperation", id)];
  return operation ? upToDate(context, operation) : null;
}

const addressOf = (operation: BulkOperation, { devShop, shop }: Context): string =>
  `http://127.0.0.1:${devShop.config.port}/_bulk/${shop.name}/${operation.id}/${operation.resultToken}.jsonl`;

const isOneOf = (operation: BulkOperation, ...states: BulkOperation["status"][]): boolean =>
  states.includes(operation.status);

export const bulkOperationFields: Record<string, Fields> = {
  BulkOperation: {
    id: ({ id }: BulkOperation) => gid("BulkOperation", id),
    status: ({ status }: BulkOperation) => status,
    type: () => "QUERY",
    query: ({ query }: BulkOperation) => query,
    createdAt: ({ createdAt }: BulkOperation) => createdAt,
    completedAt: ({ completedAt }: BulkOperation) => completedAt,
    errorCode: (operation: BulkOperation) => (isOneOf(operation, "FAILED") ? operation.errorCode : null),
    objectCount: (operation: BulkOperation) => (isOneOf(operation, "CREATED") ? "0" : String(operation.objectCount)),
    rootObjectCount: (operation: BulkOperation) =>
      isOneOf(operation, "CREATED") ? "0" : String(operation.rootObjectCount),
    fileSize: (operation: BulkOperation) =>
      isOneOf(operation, "COMPLETED") && operation.result ? String(Buffer.byteLength(operation.result)) : null,
    // Observed: an operation that found nothing has no address.
    url: (operation: BulkOperation, _: object, context: Context) =>
      isOneOf(operation, "COMPLETED") && operation.result ? addressOf(operation, context) : null,
    partialDataUrl: (operation: BulkOperation, _: object, context: Context) =>
      isOneOf(operation, "FAILED") && operation.result ? addressOf(operation, context) : null,
  },
};

export const bulkOperationQueries: Fields = {
  bulkOperation: (_: unknown, { id }: { id: string }, context: Context) => ownBulkOperation(context, id),
  // Documented: the newest first unless the arguments say otherwise.
  bulkOperations: async (_: unknown, args: Listing, context: Context) => {
    const all = Object.values(bulkOperationsOf(context.world, context.shop));
    for (const operation of all) await upToDate(context, operation);
    const path = ["bulkOperations"];
    const { query } = args;
    const meets = query
      ? search(query, SEARCH, (field) => context.searchWarnings.push({ path, query, field }))
      : () => true;
    return connect(
      all.filter(meets),
      args,
      ({ id }) => id,
      ({ createdAt, completedAt }) =>
        Date.parse((args.sortKey === "COMPLETED_AT" ? completedAt : createdAt) ?? createdAt),
    );
  },
};

export const bulkOperationMutations: Fields = {
  bulkOperationRunQuery: async (
    _: unknown,
    { query, groupObjects }: { query: string; groupObjects: boolean },
    context: Context,
  ) => {
    const read = readBulkQuery(query);
    if ("userErrors" in read) return { bulkOperation: null, userErrors: userErrors(read.userErrors) };
    const { operation, userErrors: errors } = startBulkOperation(context.world, context.shop, query);
    if (!operation) return { bulkOperation: null, userErrors: userErrors(errors) };
    if (holds(context.world, "bulkResultsShowTheStart")) {
      fillBulkOperation(operation, await runBulkQuery(context, read.bulk, groupObjects));
    } else {
      unread.set(operation, { bulk: read.bulk, groupObjects });
    }
    return { bulkOperation: operation, userErrors: [] };
  },
  bulkOperationCancel: (_: unknown, { id }: { id: string }, context: Context) => {
    const operation = bulkOperationsOf(context.world, context.shop)[numericId("BulkOperation", id)];
    if (!operation) throw invalidId(id);
    return { bulkOperation: operation, userErrors: userErrors(cancelBulkOperation(context.world, operation)) };
  },
};
