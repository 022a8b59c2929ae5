import { GraphQLError, Kind, type OperationDefinitionNode } from "graphql";

import type { DevShop } from "../dev-shop";
import { holds, remember } from "../domain";
import { nextId, type AccessToken, type Shop, type World } from "../world";
import { withImplied } from "./access";
import { giveBack, take, throttleStatus } from "./bucket";
import type { Context } from "./context";
import { actualCost, requestedCost } from "./cost";
import { operationOf, prepare } from "./documents";
import { run } from "./execute";
import { BAD_GATEWAY, luckOf } from "./faults";
import { adminSchema, VERSION } from "./schema";
import { readVariables } from "./variables";

export interface AdminApiRequest {
  /** The X-Shopify-Access-Token header. */
  accessToken: string | null;
  /** From the path: "2026-07". */
  version: string;
  /** The JSON body, parsed or as it came. */
  body: unknown;
  requestId: string;
}

export interface AdminApiResponse {
  status: number;
  headers: Record<string, string>;
  body: unknown;
  /** The work is done and the answer lost on its way: the host cuts the connection instead of sending it. */
  lost?: true;
}

/** Documented: no single query may cost more. */
const MAX_COST = 1000;
/** Calls kept for people and tests to look at. */
const MAX_CALLS = 5000;

interface GraphQLBody {
  query: string;
  variables: Record<string, unknown>;
  operationName: string | null;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function readBody(body: unknown): GraphQLBody | null {
  let value = body;
  if (typeof body === "string") {
    try {
      value = JSON.parse(body);
    } catch {
      return null;
    }
  }
  if (!isRecord(value) || typeof value.query !== "string" || value.query.trim() === "") return null;
  return {
    query: value.query,
    variables: isRecord(value.variables) ? value.variables : {},
    operationName: typeof value.operationName === "string" ? value.operationName : null,
  };
}

interface CallRecord {
  operation: string;
  aliases: number;
  requestedCost: number;
  actualCost: number;
  outcome: string;
}

const UNKNOWN: CallRecord = { operation: "", aliases: 0, requestedCost: 0, actualCost: 0, outcome: "OK" };

const refusal = (status: number, errors: unknown): AdminApiResponse => ({ status, headers: {}, body: { errors } });

/** Tokens live in real time, as Shopify's libraries reckon their expiry. */
const tokenOf = (shop: Shop, accessToken: string | null): AccessToken | null =>
  shop.tokens.find(({ token, expiresAt }) => token === accessToken && expiresAt > Date.now()) ?? null;

/** A token's scopes, without those that the shop has taken back since (RULES.withdrawnScopesBindAtOnce). */
const grantedTo = (world: World, { grantedScopes }: Shop, { scopes }: AccessToken): string[] =>
  holds(world, "withdrawnScopesBindAtOnce") ? scopes.filter((scope) => grantedScopes?.includes(scope)) : scopes;

const codeOf = (error: GraphQLError): string => {
  const { code } = error.extensions;
  return typeof code === "string" ? code : "ERROR";
};

/** An error as Shopify writes it: message, locations, path, extensions. */
const written = (error: GraphQLError): Record<string, unknown> => {
  const { message, locations, path, extensions } = error.toJSON();
  return {
    message,
    ...(locations ? { locations } : {}),
    ...(path ? { path } : {}),
    ...(extensions && Object.keys(extensions).length > 0 ? { extensions } : {}),
  };
};

const nameOf = (operation: OperationDefinitionNode): string =>
  operation.name?.value ??
  operation.selectionSet.selections
    .flatMap((selection) => (selection.kind === Kind.FIELD ? [selection.name.value] : []))
    .join(" ");

/**
 * Answers POST /admin/api/{version}/graphql.json of one shop: 404 for an unknown version, 401 for an unknown or expired
 * token, 402 for a frozen and 423 for a locked shop, else 200 with Shopify's envelopes. Faults that are played on
 * purpose answer 502 or are `lost`. Every call is recorded in `shop.calls`.
 */
export async function handleAdminApi(
  devShop: DevShop,
  shop: Shop,
  request: AdminApiRequest,
): Promise<AdminApiResponse> {
  const started = Date.now();
  remember(devShop.world);
  const { response, record } = await answer(devShop, shop, request);
  shop.calls.push({
    id: nextId(devShop.world),
    requestId: request.requestId,
    ...record,
    at: devShop.world.now,
    durationMs: Date.now() - started,
  });
  if (shop.calls.length > MAX_CALLS) shop.calls.splice(0, shop.calls.length - MAX_CALLS);
  return {
    ...response,
    headers: {
      "content-type": "application/json; charset=utf-8",
      "x-request-id": request.requestId,
      "x-shopify-api-version": VERSION,
      ...response.headers,
    },
  };
}

interface Answer {
  response: AdminApiResponse;
  record: CallRecord;
}

async function answer(devShop: DevShop, shop: Shop, request: AdminApiRequest): Promise<Answer> {
  const refused = (status: number, errors: unknown, outcome: string): Answer => ({
    response: refusal(status, errors),
    record: { ...UNKNOWN, outcome },
  });
  if (request.version !== VERSION) return refused(404, "Not Found", "NOT_FOUND");
  if (shop.status === "frozen") return refused(402, "Unavailable Shop", "FROZEN");
  if (shop.status === "locked") return refused(423, "Locked", "LOCKED");
  const token = tokenOf(shop, request.accessToken);
  if (!token || shop.status === "uninstalled") {
    return refused(401, "[API] Invalid API key or access token (unrecognized login or wrong password)", "UNAUTHORIZED");
  }
  const body = readBody(request.body);
  if (!body) return refused(400, { query: "Required parameter missing or invalid" }, "BAD_REQUEST");
  return graphql(devShop, shop, token, body);
}

async function graphql(devShop: DevShop, shop: Shop, token: AccessToken, body: GraphQLBody): Promise<Answer> {
  const admin = adminSchema();
  const { schema } = admin;
  const failed = (errors: GraphQLError[], record: Partial<CallRecord> = {}, extensions?: object): Answer => ({
    response: {
      status: 200,
      headers: {},
      body: { errors: errors.map(written), ...(extensions ? { extensions } : {}) },
    },
    record: { ...UNKNOWN, outcome: errors[0] ? codeOf(errors[0]) : "ERROR", ...record },
  });

  const { document, fragments, errors } = prepare(schema, body.query);
  const operation = operationOf(document, body.operationName);
  if (errors.length > 0) return failed(errors, operation ? { operation: nameOf(operation) } : {});
  if (!operation) {
    return failed([
      new GraphQLError(
        body.operationName === null ? "An operation name is required" : `No operation named "${body.operationName}"`,
        { extensions: { code: "BAD_REQUEST" } },
      ),
    ]);
  }
  const named = { operation: nameOf(operation), aliases: operation.selectionSet.selections.length };
  let variables: Record<string, unknown>;
  try {
    const read = readVariables(schema, operation, body.variables);
    if ("errors" in read) return failed(read.errors, named);
    variables = read.values;
  } catch (error) {
    if (error instanceof GraphQLError) return failed([error], named);
    throw error;
  }

  const input = { schema, document, operation, fragments, variables };
  const requested = requestedCost(input);
  const cost = (actual: number | null): object => ({
    cost: { requestedQueryCost: requested, actualQueryCost: actual, throttleStatus: throttleStatus(shop) },
  });
  if (requested > MAX_COST) {
    const error = new GraphQLError(
      `Query cost is ${requested}, which exceeds the single query max cost limit (${MAX_COST}).`,
      {
        extensions: {
          code: "MAX_COST_EXCEEDED",
          cost: requested,
          maxCost: MAX_COST,
          documentation: "https://shopify.dev/api/usage/rate-limits",
        },
      },
    );
    return failed([error], { ...named, requestedCost: requested }, cost(null));
  }
  const luck = luckOf(devShop.world, shop, named.operation, operation);
  if (luck?.failBefore) return { response: BAD_GATEWAY, record: { ...UNKNOWN, ...named, outcome: "FAIL_BEFORE" } };
  if (luck?.throttle || !take(shop, requested)) {
    const error = new GraphQLError("Throttled", {
      extensions: { code: "THROTTLED", documentation: "https://shopify.dev/api/usage/rate-limits" },
    });
    return failed([error], { ...named, requestedCost: requested }, cost(null));
  }

  const context: Context = {
    devShop,
    world: devShop.world,
    shop: luck?.seen ?? shop,
    app: devShop.config.app,
    granted: withImplied(grantedTo(devShop.world, shop, token)),
    searchWarnings: [],
    userErrors: 0,
  };
  const result = await run(admin, input, context);
  const actual = Math.min(requested, actualCost(input, result.data));
  giveBack(shop, requested - actual);
  if (operation.operation === "mutation") devShop.changed();
  const first = result.errors?.[0];
  const outcome = first ? codeOf(first) : context.userErrors > 0 ? "USER_ERRORS" : "OK";
  const record = { ...named, requestedCost: requested, actualCost: actual, outcome };
  if (luck?.failAfter) return { response: BAD_GATEWAY, record: { ...record, outcome: "FAIL_AFTER" } };
  const response: AdminApiResponse = {
    status: 200,
    headers: {},
    body: {
      ...(result.data === undefined ? {} : { data: result.data }),
      ...(result.errors ? { errors: result.errors.map(written) } : {}),
      extensions: { ...cost(actual), ...searchWarnings(context) },
    },
  };
  if (luck?.timeout) return { response: { ...response, lost: true }, record: { ...record, outcome: "TIMEOUT" } };
  const isStale = luck !== null && luck.seen !== shop;
  return { response, record: isStale && outcome === "OK" ? { ...record, outcome: "STALE_READ" } : record };
}

/** Documented: a term that the connection doesn't know is ignored, and said so here. */
function searchWarnings({ searchWarnings: warnings }: Context): object {
  if (warnings.length === 0) return {};
  return {
    search: warnings.map(({ path, query, field }) => ({
      path,
      query,
      parsed: {},
      warnings: [{ field, message: "Invalid search field for this query.", code: "invalid_field" }],
    })),
  };
}
