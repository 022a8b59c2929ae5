import { db } from "~/database.server";

/** For load balancers and start scripts: 200 when this process can reach the database. */
export async function loader() {
  await db.$queryRaw`SELECT 1`;
  return new Response("ok", { headers: { "Cache-Control": "no-store" } });
}
