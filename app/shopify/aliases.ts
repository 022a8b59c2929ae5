import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { Kind, visit } from "graphql";
import type { DocumentNode, FieldNode, OperationDefinitionNode, VariableDefinitionNode } from "graphql";

import { AdminApiError } from "./admin-api.server";
import type { AdminApi, CallOptions } from "./admin-api.server";

/**
 * Carries out one operation for many sets of variables in a single call: each root field is repeated under an alias.
 * Shopify runs aliased mutations one after another.
 * @returns the data of each, in the order of `variables`
 * @throws AdminApiError for the call as a whole
 */
export async function requestAll<Data extends object, Variables extends object>(
  admin: AdminApi,
  document: TypedDocumentNode<Data, Variables>,
  variables: readonly Variables[],
  options?: CallOptions,
): Promise<Data[]> {
  if (variables.length === 0) return [];
  const merged = repeated(document, variables.length);
  const values = Object.fromEntries(
    variables.flatMap((each, index) =>
      Object.entries(each).map(([name, value]): [string, unknown] => [prefixed(index, name), value]),
    ),
  );
  const data = await admin.request(merged, values, options);
  // The schema promises data; a caller that reads carefully finds every field missing instead.
  const given: Record<string, unknown> | null | undefined = data;
  return variables.map((_, index) => ownData<Data>(given ?? {}, index));
}

/**
 * As `requestAll` for queries, in calls of `size`; one that Shopify refuses (an id that it doesn't know) is null and
 * leaves the others alone.
 */
export async function requestEach<Data extends object, Variables extends object>(
  admin: AdminApi,
  document: TypedDocumentNode<Data, Variables>,
  variables: readonly Variables[],
  size: number,
  options?: CallOptions,
): Promise<(Data | null)[]> {
  const answers: (Data | null)[] = [];
  for (let from = 0; from < variables.length; from += size) {
    answers.push(...(await requestHalving(admin, document, variables.slice(from, from + size), options)));
  }
  return answers;
}

async function requestHalving<Data extends object, Variables extends object>(
  admin: AdminApi,
  document: TypedDocumentNode<Data, Variables>,
  variables: readonly Variables[],
  options?: CallOptions,
): Promise<(Data | null)[]> {
  try {
    return await requestAll(admin, document, variables, options);
  } catch (error) {
    if (!(error instanceof AdminApiError) || error.trouble !== "REFUSED" || error.isTurnedAway) throw error;
    if (variables.length === 1) return [null];
    const middle = Math.ceil(variables.length / 2);
    return [
      ...(await requestHalving(admin, document, variables.slice(0, middle), options)),
      ...(await requestHalving(admin, document, variables.slice(middle), options)),
    ];
  }
}

const prefixed = (index: number, name: string): string => `n${index}_${name}`;

function ownData<Data>(data: Record<string, unknown>, index: number): Data {
  const prefix = prefixed(index, "");
  const own = Object.entries(data)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]): [string, unknown] => [name.slice(prefix.length), value]);
  // The repeated fields select what the typed document selects.
  return Object.fromEntries(own) as Data;
}

type AnyDocument = TypedDocumentNode<Record<string, unknown>, Record<string, unknown>>;

const made = new WeakMap<DocumentNode, Map<number, AnyDocument>>();

function repeated(document: DocumentNode, count: number): AnyDocument {
  const known = made.get(document) ?? new Map<number, AnyDocument>();
  made.set(document, known);
  const existing = known.get(count);
  if (existing) return existing;
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (!operation) throw new Error("Only an operation can be repeated.");
  const copies = Array.from({ length: count }, (_, index) => copyOf(operation, index));
  const merged: AnyDocument = {
    ...document,
    definitions: [
      {
        ...operation,
        variableDefinitions: copies.flatMap((copy) => copy.variables),
        selectionSet: { ...operation.selectionSet, selections: copies.flatMap((copy) => copy.fields) },
      },
      ...document.definitions.filter((definition) => definition !== operation),
    ],
  };
  known.set(count, merged);
  return merged;
}

function copyOf(
  operation: OperationDefinitionNode,
  index: number,
): { variables: VariableDefinitionNode[]; fields: FieldNode[] } {
  const renamed = visit(operation, {
    Variable: (node) => ({ ...node, name: { ...node.name, value: prefixed(index, node.name.value) } }),
  });
  const fields = renamed.selectionSet.selections.map((selection) => {
    if (selection.kind !== Kind.FIELD) throw new Error("Only plain root fields can be repeated.");
    const alias = prefixed(index, selection.alias?.value ?? selection.name.value);
    return { ...selection, alias: { kind: Kind.NAME, value: alias } as const };
  });
  return { variables: [...(renamed.variableDefinitions ?? [])], fields };
}
