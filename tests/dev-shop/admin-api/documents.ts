import {
  getOperationAST,
  GraphQLError,
  isObjectType,
  Kind,
  parse,
  TypeInfo,
  validate,
  visit,
  visitWithTypeInfo,
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";

import { notServed } from "./errors";
import { toShopifyError } from "./validation-errors";
import { fieldsOf } from "./resolvers";

export interface Prepared {
  document: DocumentNode;
  fragments: Map<string, FragmentDefinitionNode>;
  /** What is wrong with the document, in Shopify's envelopes; nothing is executed then. */
  errors: GraphQLError[];
}

/** Documents of a well-behaved app are few; the limit is for those that build a new one for every call. */
const MAX_KEPT = 500;
const kept = new Map<string, Prepared>();

/** Parses and validates a document; kept, so that a month of renewals does it once. */
export function prepare(schema: GraphQLSchema, query: string): Prepared {
  const known = kept.get(query);
  if (known) return known;
  const prepared = read(schema, query);
  const oldest = kept.keys().next();
  if (kept.size >= MAX_KEPT && !oldest.done) kept.delete(oldest.value);
  kept.set(query, prepared);
  return prepared;
}

function read(schema: GraphQLSchema, query: string): Prepared {
  let document: DocumentNode;
  try {
    document = parse(query);
  } catch (error) {
    const message =
      error instanceof Error ? error.message.replace(/^Syntax Error: /, "syntax error, ") : "syntax error";
    return {
      document: { kind: Kind.DOCUMENT, definitions: [] },
      fragments: new Map(),
      errors: [new GraphQLError(message)],
    };
  }
  const invalid = validate(schema, document).map((error) => toShopifyError(error, document, schema));
  return {
    document,
    fragments: new Map(
      document.definitions.flatMap((definition) =>
        definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
      ),
    ),
    errors: invalid.length > 0 ? invalid : unserved(schema, document),
  };
}

/** Fields that Shopify has and this stand-in does not: found before anything runs, so that no mutation is half answered. */
function unserved(schema: GraphQLSchema, document: DocumentNode): GraphQLError[] {
  const names = new Set<string>();
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      Field(node: ASTNode & { kind: Kind.FIELD }) {
        const parent = info.getParentType();
        const name = node.name.value;
        if (!isObjectType(parent) || name.startsWith("__") || parent.name.startsWith("__")) return;
        const served = fieldsOf(parent.name);
        // A type of which nothing is served is never answered either: a fragment on it lies idle, as at Shopify.
        if (Object.keys(served).length > 0 && !served[name]) names.add(`${parent.name}.${name}`);
      },
    }),
  );
  return [...names].map(notServed);
}

export function operationOf(document: DocumentNode, name: string | null): OperationDefinitionNode | null {
  return getOperationAST(document, name) ?? null;
}
