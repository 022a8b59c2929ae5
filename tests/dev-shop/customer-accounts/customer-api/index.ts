import { Router } from "express";
import { execute, GraphQLError, parse, validate, type ExecutionResult, type GraphQLFieldResolver } from "graphql";
import { z } from "zod";
import { notServed } from "../../admin-api/errors";
import type { DevShop } from "../../dev-shop";
import { asyncHandler } from "../../hosts/express-tools";
import { accountVisitor } from "../visitor";
import type { Context } from "./context";
import { FIELDS, isMade } from "./resolvers";
import { customerSchema, VERSION } from "./schema";

const call = z.object({
  query: z.string().min(1),
  variables: z.record(z.string(), z.unknown()).nullish(),
  operationName: z.string().nullish(),
});

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

const resolveField: GraphQLFieldResolver<unknown, Context> = (source, args, context, { parentType, fieldName }) => {
  const resolve = FIELDS[parentType.name]?.[fieldName];
  // The schema guarantees source and arguments; the compiler can't know it (see Resolve).
  if (resolve) return resolve(source as never, args as never, context);
  if (isMade(parentType.name) && isRecord(source) && fieldName in source) return source[fieldName];
  throw notServed(`${parentType.name}.${fieldName}`);
};

/** Executes one document for one customer, against Shopify's published schema. */
export async function askCustomerApi(context: Context, body: unknown): Promise<ExecutionResult> {
  const read = call.safeParse(body);
  if (!read.success) return { errors: [new GraphQLError("Required parameter missing or invalid")] };
  const schema = customerSchema();
  try {
    const document = parse(read.data.query);
    const errors = validate(schema, document);
    if (errors.length > 0) return { errors };
    return await execute({
      schema,
      document,
      contextValue: context,
      variableValues: read.data.variables ?? {},
      operationName: read.data.operationName ?? null,
      fieldResolver: resolveField,
    });
  } catch (error) {
    if (error instanceof GraphQLError) return { errors: [error] };
    throw error;
  }
}

/** POST /{version}/graphql.json: what an extension reaches at shopify:customer-account/api, as the customer who is signed in. */
export function customerApi(devShop: DevShop): Router {
  const router = Router();
  router.post(
    "/:version/graphql.json",
    asyncHandler(async (request, response) => {
      const { shop, customer } = accountVisitor(request, response);
      if (request.params["version"] !== VERSION) {
        response.status(404).json({ errors: "Not Found" });
        return;
      }
      if (!customer) {
        response.status(401).json({ errors: [{ message: "Unauthorized" }] });
        return;
      }
      let body: unknown;
      try {
        body = JSON.parse(String(request.body));
      } catch {
        body = null;
      }
      const result = await askCustomerApi({ world: devShop.world, shop, customer }, body);
      devShop.changed();
      response.json(result);
    }),
  );
  return router;
}
