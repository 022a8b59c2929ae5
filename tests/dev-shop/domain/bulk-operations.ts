import { nextId, type BulkOperation, type Shop, type World } from "../world";
import type { UserError } from "./cycle-edits";
import { emit, nextToken } from "./emit";
import { DAY, MINUTE, ms, nowOf, plus, SECOND } from "./time";
import { bulkOperationPayload } from "./webhook-payloads";

/** Documented since 2026-01: bulk queries of one app in one shop at once. */
const AT_ONCE = 5;
/** Documented: a result's address is good for seven days. */
const RESULT_LIFETIME = 7 * DAY;
const DEFAULT_MINUTES = 2;
/** How soon a created operation runs and a cancelled one has stopped (assumed). */
const SHORT_WHILE = 10 * SECOND;

const isOver = ({ status }: BulkOperation): boolean => !["CREATED", "RUNNING", "CANCELING"].includes(status);

export interface BulkResult {
  lines: string[];
  rootObjectCount: number;
  errorCode: BulkOperation["errorCode"];
}

export interface BulkOperationResult {
  operation: BulkOperation | null;
  userErrors: UserError[];
}

/** Operations by id. An old one's result is dropped when it is looked at: EXPIRED. */
export function bulkOperationsOf(world: World, shop: Shop): Record<string, BulkOperation> {
  const operations = (shop.bulkOperations ??= {});
  for (const operation of Object.values(operations)) {
    const { completedAt, result } = operation;
    if (result === null || completedAt === null || ms(completedAt) + RESULT_LIFETIME > ms(world.now)) continue;
    operation.status = "EXPIRED";
    operation.result = null;
  }
  return operations;
}

/** bulkOperationRunQuery, after the query was found fit. Errors: LIMIT_REACHED. */
export function startBulkOperation(world: World, shop: Shop, query: string): BulkOperationResult {
  const operations = bulkOperationsOf(world, shop);
  if (Object.values(operations).filter((one) => !isOver(one)).length >= AT_ONCE) {
    return {
      operation: null,
      userErrors: [
        { field: null, message: "Bulk operations limit reached. Please try again later.", code: "LIMIT_REACHED" },
      ],
    };
  }
  const now = nowOf(world);
  const operation: BulkOperation = {
    id: nextId(world),
    status: "CREATED",
    query,
    errorCode: null,
    objectCount: 0,
    rootObjectCount: 0,
    createdAt: now,
    completedAt: null,
    movesAt: plus(now, SHORT_WHILE),
    result: null,
    resultToken: nextToken(world, shop),
  };
  operations[operation.id] = operation;
  return { operation, userErrors: [] };
}

/** Writes down what the query found; the operation tells it when it is completed. */
export function fillBulkOperation(operation: BulkOperation, { lines, rootObjectCount, errorCode }: BulkResult): void {
  operation.result = lines.map((line) => `${line}\n`).join("");
  operation.objectCount = lines.length;
  operation.rootObjectCount = rootObjectCount;
  operation.errorCode = errorCode;
}

/** bulkOperationCancel. It takes a moment; what is over can't be cancelled. */
export function cancelBulkOperation(world: World, operation: BulkOperation): UserError[] {
  if (isOver(operation)) {
    const status = operation.status.toLowerCase();
    return [{ field: null, message: `A bulk operation cannot be canceled when it is ${status}`, code: null }];
  }
  operation.status = "CANCELING";
  operation.movesAt = plus(nowOf(world), SHORT_WHILE);
  return [];
}

/** The operation that moves on next, or undefined. */
export const nextBulkOperation = (shop: Shop): BulkOperation | undefined =>
  Object.values(shop.bulkOperations ?? {})
    .filter(({ movesAt }) => movesAt !== null)
    .sort((a, b) => (a.movesAt ?? "").localeCompare(b.movesAt ?? ""))[0];

/** CREATED → RUNNING → COMPLETED or FAILED, CANCELING → CANCELED; the end sends bulk_operations/finish. */
export function moveBulkOperation(world: World, shop: Shop, operation: BulkOperation): void {
  const at = operation.movesAt ?? nowOf(world);
  if (operation.status === "CREATED") {
    const minutes = world.settings.bulkOperationMinutes ?? DEFAULT_MINUTES;
    operation.status = "RUNNING";
    operation.movesAt = plus(operation.createdAt, Math.max(SHORT_WHILE, minutes * MINUTE));
    return;
  }
  operation.movesAt = null;
  operation.completedAt = at;
  if (operation.status === "CANCELING") {
    operation.status = "CANCELED";
    operation.result = null;
  } else {
    operation.status = operation.errorCode === null ? "COMPLETED" : "FAILED";
  }
  emit(world, shop, "bulk_operations/finish", bulkOperationPayload(operation));
}

/** What lies at a result's address: null for a wrong token, and for what is not there (yet, or any more). */
export function bulkResultAt(world: World, shop: Shop, id: string, token: string): string | null {
  const operation = bulkOperationsOf(world, shop)[id];
  const done = operation?.status === "COMPLETED" || operation?.status === "FAILED";
  return operation && done && operation.resultToken === token ? operation.result : null;
}
