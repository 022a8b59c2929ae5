import { setTimeout as wait } from "node:timers/promises";

import { Pool } from "undici";

export interface Post {
  path: string;
  headers: Record<string, string>;
  body: string;
}

export interface Answered {
  /** Place of the request in what was given. */
  index: number;
  /** HTTP status; 0: no answer. */
  status: number;
  /** Milliseconds from the moment at which it should have been sent until its answer. */
  ms: number;
}

const CONNECTIONS = 64;
const ANSWER_LIMIT_MS = 10_000;
/** Shorter waits than this are the event loop's business. */
const SLICE_MS = 2;

async function send(pool: Pool, { path, headers, body }: Post): Promise<number> {
  try {
    const answer = await pool.request({ method: "POST", path, headers, body, bodyTimeout: ANSWER_LIMIT_MS });
    await answer.body.dump();
    return answer.statusCode;
  } catch {
    return 0;
  }
}

const poolOf = (origin: string) => new Pool(origin, { connections: CONNECTIONS, headersTimeout: ANSWER_LIMIT_MS });

/**
 * Open loop: sends at a fixed rate whether or not the server keeps up, and reckons each answer's time from when its
 * request was due, so that a server that stalls is not spared the requests that it kept waiting.
 * @param perSecond requests a second
 */
export async function atRate(origin: string, posts: readonly Post[], perSecond: number): Promise<Answered[]> {
  const pool = poolOf(origin);
  const answers: Promise<Answered>[] = [];
  const started = performance.now();
  for (let index = 0; index < posts.length;) {
    const due = started + (index / perSecond) * 1000;
    const now = performance.now();
    if (due > now) {
      await wait(Math.max(SLICE_MS, due - now));
      continue;
    }
    const post = posts[index];
    const place = index;
    if (post) {
      answers.push(send(pool, post).then((status) => ({ index: place, status, ms: performance.now() - due })));
    }
    index += 1;
  }
  const all = await Promise.all(answers);
  await pool.close();
  return all;
}

/** Closed loop: so many at a time, as fast as they are answered. @returns answers a second, and how many were not 200 */
export async function asFastAsItGoes(
  origin: string,
  posts: readonly Post[],
  atOnce: number,
): Promise<{ perSecond: number; refused: number }> {
  const pool = poolOf(origin);
  const started = performance.now();
  let next = 0;
  let refused = 0;
  const one = async (): Promise<void> => {
    for (let post = posts[next]; post; post = posts[next]) {
      next += 1;
      if ((await send(pool, post)) !== 200) refused += 1;
    }
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  const perSecond = posts.length / ((performance.now() - started) / 1000);
  await pool.close();
  return { perSecond, refused };
}
