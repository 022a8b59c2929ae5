import type { GraphQLError } from "graphql";
import {
  getNamedType,
  getNullableType,
  isLeafType,
  isListType,
  Kind,
  parse,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from "graphql";

import type { BulkResult, UserError } from "../domain";
import { withoutPages } from "./connection";
import type { Context } from "./context";
import { prepare } from "./documents";
import { notServed } from "./errors";
import { run } from "./execute";
import { adminSchema } from "./schema";

/** Documented restrictions of bulk queries. */
const MAX_CONNECTIONS = 5;
const MAX_DEPTH = 2;

export interface BulkQuery {
  document: DocumentNode;
  operation: OperationDefinitionNode;
  fragments: Map<string, FragmentDefinitionNode>;
}

const invalid = (message: string): UserError => ({ field: ["query"], message, code: "INVALID" });

interface Found {
  name: string;
  depth: number;
  /** Inside a list that is no connection's. */
  inList: boolean;
  selections: SelectionSetNode | undefined;
}

/** Every connection of the query with how deep it lies; fragments count where they are spread. */
function connectionsIn({ document }: BulkQuery): Found[] {
  const { schema } = adminSchema();
  const info = new TypeInfo(schema);
  const found: Found[] = [];
  let depth = 0;
  let lists = 0;
  const isList = (name: string): boolean => {
    const type = getNullableType(info.getType());
    return isListType(type) && name !== "edges" && !isLeafType(getNamedType(type));
  };
  const isConnection = (): boolean => getNamedType(info.getType())?.name.endsWith("Connection") ?? false;
  visit(
    document,
    visitWithTypeInfo(info, {
      Field: {
        enter(node: FieldNode) {
          if (isList(node.name.value)) lists += 1;
          if (!isConnection()) return;
          depth += 1;
          found.push({ name: node.name.value, depth, inList: lists > 0, selections: node.selectionSet });
        },
        leave(node: FieldNode) {
          if (isList(node.name.value)) lists -= 1;
          if (isConnection()) depth -= 1;
        },
      },
    }),
  );
  return found;
}

const fieldsIn = (selections: SelectionSetNode | undefined): FieldNode[] =>
  (selections?.selections ?? []).flatMap((one) => (one.kind === Kind.FIELD ? [one] : []));

/** The node's own fields of a connection that is written as `edges { node { … } }`. */
function nodeFields(selections: SelectionSetNode | undefined): FieldNode[] {
  const edges = fieldsIn(selections).find(({ name }) => name.value === "edges");
  const node = fieldsIn(edges?.selectionSet).find(({ name }) => name.value === "node");
  return fieldsIn(node?.selectionSet);
}

/** Whether Shopify would take the query; a query that it takes and this stand-in does not serve throws NOT_SERVED. */
export function readBulkQuery(query: string): { bulk: BulkQuery } | { userErrors: UserError[] } {
  try {
    parse(query);
  } catch (error) {
    return { userErrors: [invalid(`Invalid bulk query: ${error instanceof Error ? error.message : "syntax error"}`)] };
  }
  const { document, fragments, errors } = prepare(adminSchema().schema, query);
  const [first] = errors;
  if (first) {
    if (first.extensions["code"] === "NOT_SERVED") throw first;
    return { userErrors: errors.map(({ message }) => invalid(`Invalid bulk query: ${message}`)) };
  }
  if (fragments.size > 0) throw notServed("fragments in bulk queries");
  const operations = document.definitions.filter((one) => one.kind === Kind.OPERATION_DEFINITION);
  const operation = operations[0];
  if (!operation || operations.length > 1 || operation.operation !== "query") {
    return { userErrors: [invalid("Bulk queries must be a single query operation.")] };
  }
  const bulk = { document, operation, fragments };
  const faults = faultsOf(bulk);
  return faults.length > 0 ? { userErrors: faults } : { bulk };
}

function faultsOf(bulk: BulkQuery): UserError[] {
  const roots = fieldsIn(bulk.operation.selectionSet).map(({ name }) => name.value);
  const connections = connectionsIn(bulk);
  const byNodes = connections.filter(({ selections }) =>
    fieldsIn(selections).some(({ name }) => name.value === "nodes"),
  );
  const withoutId = connections
    .filter(({ selections }) => {
      const own = nodeFields(selections);
      const nests = own.some(({ selectionSet }) =>
        connections.some((one) => one.selections !== undefined && one.selections === selectionSet),
      );
      return nests && !own.some(({ name, alias }) => name.value === "id" && !alias);
    })
    .map(({ name }) => name);
  return [
    ...(byNodes.length > 0
      ? [
          invalid(
            `All connection fields in a bulk query must select their contents using 'edges' > 'node', e.g: '${byNodes[0]?.name ?? ""} { edges { node {'. Selecting via 'nodes' is not supported. Invalid connection fields: '${byNodes.map(({ name }) => name).join("', '")}'.`,
          ),
        ]
      : []),
    ...(roots.some((name) => name === "node" || name === "nodes")
      ? [invalid("Bulk queries cannot contain a top level `node` field.")]
      : []),
    ...(connections.length === 0 ? [invalid("Bulk queries must contain at least one connection.")] : []),
    ...(connections.length > MAX_CONNECTIONS
      ? [invalid(`Bulk queries cannot contain more than ${MAX_CONNECTIONS} connections.`)]
      : []),
    ...(connections.some(({ depth }) => depth > MAX_DEPTH)
      ? [invalid(`Bulk queries cannot contain connections with a nesting depth greater than ${MAX_DEPTH}.`)]
      : []),
    ...(withoutId.length > 0
      ? [
          invalid(
            `The parent 'node' field for a nested connection must select the 'id' field without an alias and must be of 'ID' return type. Connection fields without 'id': ${withoutId.join(", ")}.`,
          ),
        ]
      : []),
    ...(connections.some(({ inList }) => inList)
      ? [invalid("Queries that contain a connection field within a list field are not currently supported.")]
      : []),
    // That only one is supported is documented; the sentence is ours.
    ...(roots.length > 1 ? [invalid("Bulk queries must contain a single top level field.")] : []),
  ];
}

type Data = Record<string, unknown>;
const isData = (value: unknown): value is Data => typeof value === "object" && value !== null && !Array.isArray(value);

interface Line {
  level: number;
  text: string;
}

/** An answered object without its connections; their nodes become lines of their own, which name their parent. */
function lift(value: unknown, parentId: unknown, level: number, children: Line[]): unknown {
  if (Array.isArray(value)) return value.map((one) => lift(one, parentId, level, children));
  if (!isData(value)) return value;
  const id = value["id"] ?? parentId;
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, inner]) => {
      if (!isData(inner) || !Array.isArray(inner["edges"])) return [[name, lift(inner, id, level, children)]];
      for (const edge of inner["edges"]) children.push(...linesOf(isData(edge) ? edge["node"] : null, id, level + 1));
      return [];
    }),
  );
}

function linesOf(node: unknown, parentId: unknown, level: number): Line[] {
  const children: Line[] = [];
  const own = lift(node, parentId, level, children);
  if (!isData(own)) return children;
  const line = parentId === undefined ? own : { ...own, __parentId: parentId };
  return [{ level, text: JSON.stringify(line) }, ...children];
}

function errorCodeOf(errors: readonly GraphQLError[] | undefined): BulkResult["errorCode"] {
  if (!errors || errors.length === 0) return null;
  return errors.some(({ extensions }) => extensions["code"] === "ACCESS_DENIED")
    ? "ACCESS_DENIED"
    : "INTERNAL_SERVER_ERROR";
}

/**
 * What a bulk query finds now, as JSONL: a line for each node of each connection. Not grouped, all of one level come
 * before the next, so that nobody relies on children following their parent.
 */
export async function runBulkQuery(context: Context, bulk: BulkQuery, groupObjects: boolean): Promise<BulkResult> {
  const own: Context = { ...context, searchWarnings: [], userErrors: 0 };
  const input = { schema: adminSchema().schema, ...bulk, variables: {} };
  const { data, errors } = await withoutPages(() => run(adminSchema(), input, own));
  const lines: Line[] = [];
  lift(data ?? {}, undefined, -1, lines);
  const roots = lines.filter(({ level }) => level === 0);
  const ordered = groupObjects ? lines : [...lines].sort((a, b) => a.level - b.level);
  return {
    lines: ordered.map(({ text }) => text),
    rootObjectCount: roots.length,
    errorCode: errorCodeOf(errors),
  };
}
