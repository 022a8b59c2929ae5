import { createDb } from "~/db.server";
import { config } from "~/lib/config.server";

/** This process's connection pool. Tests make their own with `createDb`. */
export const db = createDb(config().DATABASE_URL);
