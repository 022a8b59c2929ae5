import pg from "pg";
import { afterAll, inject } from "vitest";

/** The app's own database, looked into from outside. */
export function useDatabase() {
  const database = openDatabase(inject("demo").databaseUrl);
  afterAll(() => database.close());
  return database;
}

export type Database = ReturnType<typeof openDatabase>;

export function openDatabase(connectionString: string) {
  const pool = new pg.Pool({ connectionString, max: 2 });
  return {
    close: () => pool.end(),
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
