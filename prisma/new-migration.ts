import fs from "node:fs";
import path from "node:path";

import { difference } from "./schema-difference";

/** `npm run migration:new -- name`: writes the SQL that brings the committed migrations up to schema.prisma. */

const name = process.argv[2];
if (!name || !/^[a-z0-9_]+$/.test(name)) {
  console.error("Give the migration a name in lower case: npm run migration:new -- add_billing_hour");
  process.exit(1);
}
const sql = await difference();
if (!sql) {
  console.log("The schema and the migrations agree; there is nothing to write.");
} else {
  const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const folder = path.join("prisma/migrations", `${stamp}_${name}`);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "migration.sql"), sql);
  console.log(`Wrote ${folder}/migration.sql. Read it before you commit it.`);
}
process.exit(0);
