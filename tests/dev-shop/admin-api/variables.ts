import type { GraphQLError } from "graphql";
import {
  getVariableValues,
  isInputObjectType,
  isListType,
  isNonNullType,
  isScalarType,
  print,
  typeFromAST,
  isInputType,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from "graphql";

import { shopifyError } from "./errors";

/** Documented: input arrays hold at most 250. */
const MAX_INPUT_LIST = 250;
const GLOBAL_ID = /^gid:\/\/shopify\/\w+\/[\w-]+(\?.*)?$/;

interface Problem {
  path: (string | number)[];
  explanation: string;
}

/** What Shopify refuses beyond GraphQL's own rules: ids that are none, dates that are none. */
function problemsIn(type: GraphQLInputType, value: unknown, path: (string | number)[]): Problem[] {
  if (value === null || value === undefined) return [];
  if (isNonNullType(type)) return problemsIn(type.ofType, value, path);
  if (isListType(type)) {
    const list: unknown[] = Array.isArray(value) ? value : [value];
    if (list.length > MAX_INPUT_LIST) {
      throw shopifyError(
        `The input array size of ${list.length} is greater than the maximum allowed of ${MAX_INPUT_LIST}.`,
        "MAX_INPUT_SIZE_EXCEEDED",
      );
    }
    return list.flatMap((one, index) => problemsIn(type.ofType, one, [...path, index]));
  }
  if (isInputObjectType(type)) {
    if (typeof value !== "object") return [];
    return Object.entries(type.getFields()).flatMap(([name, field]) =>
      problemsIn(field.type, Reflect.get(value, name), [...path, name]),
    );
  }
  if (!isScalarType(type)) return [];
  const text = String(value);
  if (type.name === "ID" && !GLOBAL_ID.test(text)) return [{ path, explanation: `Invalid global id '${text}'` }];
  if (type.name === "DateTime" && Number.isNaN(Date.parse(text))) {
    return [{ path, explanation: `invalid DateTime '${text}'` }];
  }
  return [];
}

const invalid = (name: string, type: string, value: unknown, problems: Problem[]): GraphQLError => {
  const first = problems[0];
  const detail = first ? ` for ${first.path.join(".") || name} (${first.explanation})` : "";
  return shopifyError(
    `Variable $${name} of type ${type} was provided invalid value${first && first.path.length > 0 ? detail : ""}`,
    "INVALID_VARIABLE",
    { value: value ?? null, problems: problems.map((problem) => ({ ...problem, message: problem.explanation })) },
  );
};

/** Coerced variables, or INVALID_VARIABLE for each that is wrong (observed envelope); MAX_INPUT_SIZE_EXCEEDED is thrown. */
export function readVariables(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  given: Record<string, unknown>,
): { values: Record<string, unknown> } | { errors: GraphQLError[] } {
  const definitions = operation.variableDefinitions ?? [];
  const errors = definitions.flatMap((definition) => {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type);
    if (!type || !isInputType(type)) return [];
    const value = given[name];
    const problems = problemsIn(type, value, []);
    return problems.length > 0 ? [invalid(name, print(definition.type), value, problems)] : [];
  });
  if (errors.length > 0) return { errors };
  const { coerced, errors: wrong } = getVariableValues(schema, definitions, given);
  if (!wrong) return { values: coerced };
  return {
    errors: wrong.map((error) => {
      const name = /^Variable "\$(\w+)"/.exec(error.message)?.[1] ?? "";
      const definition = definitions.find(({ variable }) => variable.name.value === name);
      const path =
        /at "\w+((?:\.\w+|\[\d+\])+)"/
          .exec(error.message)?.[1]
          ?.split(/[.[\]]+/)
          .filter(Boolean) ?? [];
      const explanation = error.message.split("; ").slice(1).join("; ") || "Expected value to not be null";
      return invalid(name, definition ? print(definition.type) : "", given[name], [{ path, explanation }]);
    }),
  };
}
