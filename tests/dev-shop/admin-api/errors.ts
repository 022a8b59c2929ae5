import { GraphQLError } from "graphql";

/** An error in Shopify's envelope: extensions.code tells which. */
export const shopifyError = (message: string, code: string, extensions: Record<string, unknown> = {}): GraphQLError =>
  new GraphQLError(message, { extensions: { code, ...extensions } });

/** Observed: an id of another type or of nothing. */
export const invalidId = (id: string): GraphQLError => shopifyError(`Invalid id: ${id}`, "RESOURCE_NOT_FOUND");

export const badRequest = (message: string): GraphQLError => shopifyError(message, "BAD_REQUEST");

/** What Shopify serves and this stand-in does not: said aloud, so that no test takes silence for an answer. */
export const notServed = (name: string): GraphQLError =>
  shopifyError(`NOT_SERVED: ${name} is valid at Shopify but not served by this stand-in.`, "NOT_SERVED", {
    field: name,
  });

export const accessDenied = (field: string, requiredAccess: string): GraphQLError =>
  shopifyError(
    `Access denied for ${field} field.${requiredAccess ? ` Required access: ${requiredAccess}` : ""}`,
    "ACCESS_DENIED",
    { documentation: "https://shopify.dev/api/usage/access-scopes", requiredAccess },
  );

export const protectedData = (type: string): GraphQLError =>
  shopifyError(
    `This app is not approved to access the ${type} object. See https://shopify.dev/docs/apps/launch/protected-customer-data for more details.`,
    "ACCESS_DENIED",
    { documentation: "https://shopify.dev/docs/apps/launch/protected-customer-data" },
  );
