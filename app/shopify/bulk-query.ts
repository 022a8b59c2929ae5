import type { TypedDocumentNode } from "@graphql-typed-document-node/core";
import { Kind, print, visit } from "graphql";
import type { DocumentNode, FragmentDefinitionNode } from "graphql";

/**
 * A checked document as the text of a bulk query: Shopify's bulk queries take no variables, so that their values are
 * written in; fragments are written out.
 * @param variables strings only: what else would be needed does not occur
 */
export function bulkQueryText<Data, Variables extends Record<string, string>>(
  document: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): string {
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
  const operation: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION),
  };
  return print(writtenOut(operation, fragments, variables));
}

function writtenOut(
  node: DocumentNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  variables: Record<string, string>,
): DocumentNode {
  return visit(node, {
    VariableDefinition: () => null,
    Variable: ({ name }) => {
      const value = variables[name.value];
      if (value === undefined) throw new Error(`The bulk query has no value for $${name.value}.`);
      return { kind: Kind.STRING, value };
    },
    // What a visitor puts in the place of a node on entering is visited in turn: fragments of fragments too.
    FragmentSpread: ({ name }) => {
      const fragment = fragments.get(name.value);
      if (!fragment) throw new Error(`There is no fragment ${name.value}.`);
      const { typeCondition, selectionSet } = fragment;
      return { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet };
    },
  });
}
