/** Outcomes are named values; exceptions are for bugs and broken set-ups. */
export type Result<Value, Problem extends string> = { ok: true; value: Value } | { ok: false; problem: Problem };

export const ok = <Value>(value: Value): { ok: true; value: Value } => ({ ok: true, value });
export const fail = <Problem extends string>(problem: Problem): { ok: false; problem: Problem } => ({
  ok: false,
  problem,
});
