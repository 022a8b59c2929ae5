import pg from "pg";
import { afterAll, inject } from "vitest";

/** The app's own database, looked into from outside. */
export function useDatabase() {
  const pool = new pg.Pool({ connectionString: inject("demo").databaseUrl, max: 2 });
  afterAll(() => pool.end());
  return {
    async rows<Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> {
      return (await pool.query<Row>(sql, values)).rows;
    },
    /** Rows of `FROM <what follows>`. */
    async count(from: string, values: unknown[] = []): Promise<number> {
      const { rows } = await pool.query<{ count: string }>(`SELECT count(*) FROM ${from}`, values);
      return Number(rows[0]?.count);
    },
  };
}
