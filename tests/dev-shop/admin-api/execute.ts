import { setTimeout as sleep } from "node:timers/promises";

import {
  execute,
  getNamedType,
  isObjectType,
  type ExecutionResult,
  type GraphQLFieldResolver,
  type GraphQLNamedType,
  type GraphQLTypeResolver,
} from "graphql";

import { allows } from "./access";
import { typeNameOf, type Context } from "./context";
import { accessDenied, notServed, protectedData } from "./errors";
import type { CostInput } from "./cost";
import { fieldsOf } from "./resolvers";
import type { AdminSchema } from "./schema";

/** Types that hold protected customer data: out of reach for an app without level 1 (documented). */
const PROTECTED = new Set(["Customer", "CustomerPaymentMethod", "Order", "LineItem", "MailingAddress"]);

/** The type whose scopes a field's answer needs: a connection needs those of its nodes. */
const guarded = (type: GraphQLNamedType): string => type.name.replace(/Connection$/, "");

function checkType(name: string, field: string, { access }: AdminSchema, context: Context): void {
  const rule = access.get(name);
  if (rule && !allows(rule, context.granted)) throw accessDenied(field, rule.required);
  if (context.shop.protectedCustomerData === 0 && PROTECTED.has(name)) throw protectedData(name);
}

const fieldResolver =
  (admin: AdminSchema): GraphQLFieldResolver<unknown, Context> =>
  (source, args, context, info) => {
    const { fieldName, parentType } = info;
    const rule = admin.access.get(`${parentType.name}.${fieldName}`);
    if (rule && !allows(rule, context.granted)) throw accessDenied(fieldName, rule.required);
    const returned = getNamedType(info.returnType);
    checkType(guarded(returned), fieldName, admin, context);
    const resolve = fieldsOf(parentType.name)[fieldName];
    if (!resolve) throw notServed(`${parentType.name}.${fieldName}`);
    // The schema guarantees source and arguments; the compiler can't know it (see Resolver).
    const answer = (): unknown => resolve(source as never, args as never, context, info);
    // Queries answer without a promise for each field: a bulk operation reads tens of thousands.
    return parentType.name === "Mutation" ? mutate(answer, context) : answer();
  };

async function mutate(answer: () => unknown, context: Context): Promise<unknown> {
  const { mutationMs } = context.world.settings;
  if (mutationMs > 0) await sleep(mutationMs);
  const value = await answer();
  if (hasUserErrors(value)) context.userErrors += 1;
  return value;
}

const hasUserErrors = (value: unknown): boolean =>
  typeof value === "object" &&
  value !== null &&
  "userErrors" in value &&
  Array.isArray(value.userErrors) &&
  value.userErrors.length > 0;

const typeResolver =
  (admin: AdminSchema): GraphQLTypeResolver<unknown, Context> =>
  (value, context, info) => {
    const name = typeNameOf(value);
    if (name !== undefined && isObjectType(info.schema.getType(name))) checkType(name, info.fieldName, admin, context);
    return name;
  };

/** Runs a valid, served operation. Aliased mutations run one after another, each with its own latency (documented). */
export async function run(
  admin: AdminSchema,
  input: CostInput & { document: Parameters<typeof execute>[0]["document"] },
  context: Context,
): Promise<ExecutionResult> {
  const { queryMs } = context.world.settings;
  if (input.operation.operation === "query" && queryMs > 0) await sleep(queryMs);
  return execute({
    schema: admin.schema,
    document: input.document,
    variableValues: input.variables,
    operationName: input.operation.name?.value ?? null,
    contextValue: context,
    fieldResolver: fieldResolver(admin),
    typeResolver: typeResolver(admin),
  });
}
