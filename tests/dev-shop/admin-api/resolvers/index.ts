import type { Fields } from "../context";
import { bulkOperationFields, bulkOperationMutations, bulkOperationQueries } from "./bulk-operations";
import { contractMutations } from "./contract-mutations";
import { contractFields } from "./contracts";
import { customerFields } from "./customers";
import { discountFields } from "./discounts";
import { draftMutations, draftPayloads } from "./draft-mutations";
import { draftFields } from "./drafts";
import { orderFields } from "./orders";
import { madeTypes, own } from "./own";
import { planMutations } from "./plan-mutations";
import { productFields } from "./products";
import { queryFields } from "./queries";
import { sellingPlanFields } from "./selling-plans";
import { shopFields } from "./shop";

const resolvers: Record<string, Fields> = {
  ...madeTypes,
  ...shopFields,
  ...productFields,
  ...customerFields,
  ...orderFields,
  ...sellingPlanFields,
  ...contractFields,
  ...discountFields,
  ...draftFields,
  ...bulkOperationFields,
  ...draftPayloads,
  QueryRoot: { ...queryFields, ...bulkOperationQueries },
  Mutation: { ...planMutations, ...contractMutations, ...draftMutations, ...bulkOperationMutations },
};

const connectionFields = own("Connection", "edges", "nodes", "pageInfo");
const edgeFields = own("Edge", "cursor", "node");

/** What this stand-in serves of a type; an empty record for types that it does not know. */
export function fieldsOf(type: string): Fields {
  const known = resolvers[type];
  if (known) return known;
  if (type.endsWith("Connection")) return connectionFields;
  return type.endsWith("Edge") ? edgeFields : {};
}
