import type { Prisma } from "~/generated/prisma/client";

/** Plain data as a column of JSON takes it: what has no place in JSON is gone. */
export const toJson = (value: object): Prisma.InputJsonObject =>
  JSON.parse(JSON.stringify(value)) as Prisma.InputJsonObject;
