import {
  getNamedType,
  GraphQLError,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type ASTNode,
  type DocumentNode,
  type GraphQLSchema,
} from "graphql";

interface Place {
  path: string[];
  /** The field's name at or above the node. */
  field: string;
  /** The type on which that field stands. */
  type: string;
  returns: string;
}

const placeCache = new WeakMap<DocumentNode, Map<ASTNode, Place>>();

/** Where every node of a document stands, as Shopify writes paths: ["mutation Name", "field", "inner"]. */
function places(document: DocumentNode, schema: GraphQLSchema): Map<ASTNode, Place> {
  const known = placeCache.get(document);
  if (known) return known;
  const found = new Map<ASTNode, Place>();
  const stack: string[] = [];
  let current = { field: "", type: "", returns: "" };
  const info = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(info, {
      enter(node) {
        if (node.kind === Kind.OPERATION_DEFINITION) {
          stack.push(node.name ? `${node.operation} ${node.name.value}` : node.operation);
        } else if (node.kind === Kind.FRAGMENT_DEFINITION) stack.push(`fragment ${node.name.value}`);
        else if (node.kind === Kind.INLINE_FRAGMENT) stack.push(`... on ${node.typeCondition?.name.value ?? ""}`);
        else if (node.kind === Kind.FIELD) {
          stack.push(node.alias?.value ?? node.name.value);
          const returned = info.getType();
          current = {
            field: node.name.value,
            type: info.getParentType()?.name ?? "",
            returns: returned ? getNamedType(returned).name : "",
          };
        }
        const extra = node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD ? [node.name.value] : [];
        found.set(node, { ...current, path: [...stack, ...extra] });
      },
      leave(node) {
        if (
          node.kind === Kind.OPERATION_DEFINITION ||
          node.kind === Kind.FRAGMENT_DEFINITION ||
          node.kind === Kind.INLINE_FRAGMENT ||
          node.kind === Kind.FIELD
        ) {
          stack.pop();
        }
      },
    }),
  );
  placeCache.set(document, found);
  return found;
}

type Rewrite = (
  match: RegExpExecArray,
  place: Place,
) => { message: string; code: string; more?: Record<string, unknown> };

/** graphql-js's sentence → Shopify's envelope (observed). */
const REWRITES: readonly (readonly [RegExp, Rewrite])[] = [
  [
    /^Cannot query field "(\w+)" on type "(\w+)"/,
    ([, field = "", type = ""]) => ({
      message: `Field '${field}' doesn't exist on type '${type}'`,
      code: "undefinedField",
      more: { typeName: type, fieldName: field },
    }),
  ],
  [
    /^Unknown argument "(\w+)" on field "(\w+)\.(\w+)"/,
    ([, argument = "", , field = ""]) => ({
      message: `Field '${field}' doesn't accept argument '${argument}'`,
      code: "argumentNotAccepted",
      more: { name: field, typeName: "Field", argumentName: argument },
    }),
  ],
  [
    /^Field "(\w+)" argument "(\w+)" of type/,
    ([, field = "", argument = ""]) => ({
      message: `Field '${field}' is missing required arguments: ${argument}`,
      code: "missingRequiredArguments",
      more: { className: "Field", name: field, arguments: argument },
    }),
  ],
  [
    /^Field "(\w+)\.(\w+)" of required type "([^"]+)" was not provided/,
    ([, type = "", field = "", required = ""]) => ({
      message: `Argument '${field}' on InputObject '${type}' is required. Expected type ${required}`,
      code: "missingRequiredInputObjectAttribute",
      more: { argumentName: field, argumentType: required, inputObjectType: type },
    }),
  ],
  [
    /^Field "(\w+)" of type "([^"]+)" must have a selection of subfields/,
    ([, field = "", type = ""], place) => ({
      message: `Field must have selections (field '${field}' returns ${place.returns || type} but has no selections. Did you mean '${field} { ... }'?)`,
      code: "selectionMismatch",
      more: { nodeName: `field '${field}'`, typeName: place.returns || type },
    }),
  ],
  [
    /^Variable "\$(\w+)" is not defined/,
    ([, name = ""]) => ({
      message: `Variable $${name} is used but not declared`,
      code: "variableNotDefined",
      more: { variableName: name },
    }),
  ],
  [
    /^Variable "\$(\w+)" is never used/,
    ([, name = ""]) => ({
      message: `Variable $${name} is declared but not used`,
      code: "variableNotUsed",
      more: { variableName: name },
    }),
  ],
  [
    /^(?:Expected value of type|Int cannot represent|String cannot represent|Boolean cannot represent|ID cannot represent|Enum|Value ".*" does not exist|Field "\w+" is not defined by type)/,
    (_, place) => ({
      message: `Argument on Field '${place.field}' has an invalid value.`,
      code: "argumentLiteralsIncompatible",
      more: { typeName: "Field", argumentName: place.path.at(-1) ?? "" },
    }),
  ],
];

export function toShopifyError(error: GraphQLError, document: DocumentNode, schema: GraphQLSchema): GraphQLError {
  const node = error.nodes?.[0];
  const place = (node && places(document, schema).get(node)) ?? { path: [], field: "", type: "", returns: "" };
  for (const [pattern, rewrite] of REWRITES) {
    const match = pattern.exec(error.message);
    if (!match) continue;
    const { message, code, more } = rewrite(match, place);
    const detail = code === "argumentLiteralsIncompatible" ? `${message} ${error.message}` : message;
    return new GraphQLError(detail, {
      ...(error.nodes ? { nodes: error.nodes } : {}),
      path: place.path,
      extensions: { code, ...more },
    });
  }
  return new GraphQLError(error.message, {
    ...(error.nodes ? { nodes: error.nodes } : {}),
    path: place.path,
    extensions: { code: "invalidDocument" },
  });
}
