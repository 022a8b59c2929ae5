import http from "node:http";
import type { AddressInfo } from "node:net";

import { afterAll, beforeAll, expect, test } from "vitest";

import { asFastAsItGoes, atRate } from "./load";
import { median, percentile } from "./measure";

const STALL_MS = 300;
let stallUntil = 0;
let stallsNext = false;
const server = http.createServer((request, response) => {
  request.resume();
  if (stallsNext) stallUntil = Date.now() + STALL_MS;
  stallsNext = false;
  setTimeout(() => response.writeHead(request.url === "/bad" ? 500 : 200).end(), Math.max(0, stallUntil - Date.now()));
});
let origin = "";

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const posts = (count: number, path = "/good") =>
  Array.from({ length: count }, () => ({ path, headers: {}, body: "{}" }));

test("a server that stalls is charged with the wait of every request that was due meanwhile", async () => {
  stallsNext = true;
  const answers = await atRate(origin, posts(40), 200);
  const times = answers.map(({ ms }) => ms);
  expect(answers.every(({ status }) => status === 200)).toBe(true);
  // The stall ends 300 ms after the first was due, or later; the last was due 195 ms after the first.
  expect(Math.min(...times)).toBeGreaterThan(50);
  expect(percentile(times, 1)).toBeGreaterThan(STALL_MS - 50);
});

test("what is not answered with 200 is counted", async () => {
  expect((await asFastAsItGoes(origin, [...posts(5), ...posts(3, "/bad")], 4)).refused).toBe(3);
  expect((await atRate("http://127.0.0.1:1", posts(2), 100)).map(({ status }) => status)).toEqual([0, 0]);
});

test("a percentile is a sample that so many do not exceed", () => {
  const samples = [5, 1, 4, 2, 3];
  expect([median(samples), percentile(samples, 0.8), percentile(samples, 0.99), percentile(samples, 0)]).toEqual([
    3, 4, 5, 1,
  ]);
  expect(median([])).toBeNaN();
});
