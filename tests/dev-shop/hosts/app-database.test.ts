import pg from "pg";
import { expect, test } from "vitest";
import { testDb } from "../../db";
import { copyAppTables, readAppCopy, returnAppTables } from "./app-database";

test("a copy brings back every row, key, partition and counter of its moment, and nothing that came later", async () => {
  const { url } = await testDb();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(`
    create schema if not exists pgboss;
    create table public."Parent one" (id int generated always as identity primary key, name text,
                                      upper_name text generated always as (upper(name)) stored);
    create table public.child (id serial primary key, parent int not null references public."Parent one");
    create table pgboss.parts (queue text, id int) partition by list (queue);
    create table pgboss.parts_a partition of pgboss.parts for values in ('a');
    insert into public."Parent one" (name) values ('one'), ('two');
    insert into public.child (parent) values (2);
    insert into pgboss.parts values ('a', 1);
  `);
  await copyAppTables(url, "moment", '{"world":1}');
  await client.query(`
    delete from public.child;
    delete from public."Parent one" where id = 2;
    insert into public."Parent one" (name) values ('three');
    insert into pgboss.parts values ('a', 2);
    create table public.later (id int);
    insert into public.later values (1);
  `);

  await returnAppTables(url, "moment");

  const rows = async (sql: string): Promise<unknown[]> => (await client.query({ text: sql, rowMode: "array" })).rows;
  expect(await rows(`select id, name, upper_name from public."Parent one" order by id`)).toEqual([
    [1, "one", "ONE"],
    [2, "two", "TWO"],
  ]);
  expect(await rows("select id, parent from public.child")).toEqual([[1, 2]]);
  expect(await rows("select queue, id from pgboss.parts")).toEqual([["a", 1]]);
  expect(await rows("select id from public.later")).toEqual([]);
  await client.query(`insert into public."Parent one" (name) values ('next')`);
  expect(await rows(`select max(id) from public."Parent one"`)).toEqual([[3]]);
  expect(await readAppCopy(url, "moment")).toBe('{"world":1}');
  expect(await readAppCopy(url, "other")).toBeNull();
  await client.end();
});
