import { difference } from "./schema-difference";

const sql = await difference();
if (sql) {
  console.error(`schema.prisma says more than the migrations do. Run: npm run migration:new -- <name>\n\n${sql}`);
}
process.exit(sql ? 1 : 0);
