import pg from "pg";

/** The schemas the app keeps its rows in: its own tables and its job queues. */
const APP_SCHEMAS = ["public", "pgboss"];
/** Copies live in schemas of this name and the snapshot's id. */
const COPY_PREFIX = "dev_shop_snapshot_";
/** Longest wait for the app's own transactions to let go of a table. */
const LOCK_TIMEOUT_MS = 10_000;
/** A restore and the app's workers may lock each other out; then one of them simply tries again. */
const MAX_TRIES = 5;

interface Table {
  schema: string;
  name: string;
  columns: string[];
}

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const copyName = (table: Table): string => quote(`${table.schema}.${table.name}`);

/**
 * Copies every row of the app's tables into a schema of its own, all of one moment, together with a text of the
 * caller's. An earlier copy of the same id is replaced.
 */
export async function copyAppTables(url: string, id: string, note: string): Promise<void> {
  const copy = quote(COPY_PREFIX + id);
  await inTransaction(url, "isolation level repeatable read", async (client) => {
    await client.query(`drop schema if exists ${copy} cascade`);
    await client.query(`create schema ${copy}`);
    await client.query(`create table ${copy}."note" (text text not null)`);
    await client.query(`insert into ${copy}."note" values ($1)`, [note]);
    await client.query(
      `create table ${copy}."sequences" as
       select schemaname, sequencename, last_value from pg_sequences where schemaname = any($1)`,
      [APP_SCHEMAS],
    );
    for (const table of await tablesOf(client, APP_SCHEMAS)) {
      const columns = table.columns.map(quote).join(", ");
      await client.query(
        `create table ${copy}.${copyName(table)} as
         select ${columns} from ${quote(table.schema)}.${quote(table.name)}`,
      );
    }
  });
}

/** The text that was kept with a copy; null when there is no such copy. */
export async function readAppCopy(url: string, id: string): Promise<string | null> {
  return withClient(url, async (client) => {
    const name = `${quote(COPY_PREFIX + id)}."note"`;
    const there = await client.query<{ there: boolean }>("select to_regclass($1) is not null as there", [name]);
    if (there.rows[0]?.there !== true) return null;
    const note = await client.query<{ text: string }>(`select text from ${name}`);
    return note.rows[0]?.text ?? null;
  });
}

/** Puts a copy's rows back in place of the present ones, in one transaction, triggers and foreign keys asleep. */
export async function returnAppTables(url: string, id: string): Promise<void> {
  const copySchema = COPY_PREFIX + id;
  await inTransaction(url, "isolation level read committed", async (client) => {
    await client.query("set local session_replication_role = replica");
    const tables = await tablesOf(client, APP_SCHEMAS);
    const copies = new Map((await tablesOf(client, [copySchema])).map((table) => [table.name, table.columns]));
    const names = tables.map((table) => `${quote(table.schema)}.${quote(table.name)}`);
    if (names.length > 0) await client.query(`truncate ${names.join(", ")}`);
    for (const table of tables) {
      // A table or column that came after the copy keeps its default: the app's migrations may have moved on.
      const copied = copies.get(`${table.schema}.${table.name}`) ?? [];
      const columns = table.columns.filter((column) => copied.includes(column)).map(quote);
      if (columns.length === 0) continue;
      await client.query(
        `insert into ${quote(table.schema)}.${quote(table.name)} (${columns.join(", ")})
         overriding system value
         select ${columns.join(", ")} from ${quote(copySchema)}.${copyName(table)}`,
      );
    }
    await client.query(
      `select setval(format('%I.%I', kept.schemaname, kept.sequencename)::regclass,
                     coalesce(kept.last_value, 1), kept.last_value is not null)
         from ${quote(copySchema)}."sequences" kept
         join pg_sequences present using (schemaname, sequencename)`,
    );
  });
}

/** Leaf tables with their columns that can be written (generated ones cannot). */
async function tablesOf(client: pg.Client, schemas: string[]): Promise<Table[]> {
  const { rows } = await client.query<Table>(
    `select n.nspname as schema, c.relname as name,
            array_agg(a.attname::text order by a.attnum) as columns
       from pg_class c
       join pg_namespace n on n.oid = c.relnamespace
       join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
                          and not a.attisdropped and a.attgenerated = ''
      where n.nspname = any($1) and c.relkind = 'r'
      group by 1, 2 order by 1, 2`,
    [schemas],
  );
  return rows;
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

async function inTransaction(url: string, mode: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await withClient(url, async (client) => {
        await client.query(`begin ${mode}`);
        await client.query(`set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
        await work(client);
        await client.query("commit");
      });
      return;
    } catch (error) {
      if (tries === MAX_TRIES || !isLockTrouble(error)) throw error;
    }
  }
}

/** Deadlock, lock time-out, serialization failure (PostgreSQL, appendix A). */
const isLockTrouble = (error: unknown): boolean =>
  error instanceof pg.DatabaseError && ["40P01", "55P03", "40001"].includes(error.code ?? "");
