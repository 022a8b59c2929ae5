import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "./clock";

export const TURNS_PATH = "/_control/clock/turns";
/** An answer is one small object; anything larger is not one. */
const MAX_BODY = 10_000;

/**
 * `POST /_control/clock/turns {id, turn, nextDueAt}`: a process has done all that is due. Answered before any router,
 * because a month of renewals is ten thousand of these.
 */
export function answerTurn(clock: Clock, request: IncomingMessage, response: ServerResponse): void {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (chunk: string) => {
    if (body.length <= MAX_BODY) body += chunk;
  });
  request.on("end", () => {
    const answer = parse(body);
    if (!answer) {
      reply(response, 400, 'A turn is answered with {"id", "turn", "nextDueAt": an ISO instant or null}.');
    } else if (!clock.answer(answer.id, answer.turn, answer.nextDueAt)) {
      reply(response, 404, `No process ${answer.id} keeps this clock: open /_control/clock/stream first.`);
    } else reply(response, 200);
  });
}

function reply(response: ServerResponse, status: number, error?: string): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(error === undefined ? "{}" : JSON.stringify({ error }));
}

function parse(body: string): { id: string; turn: number; nextDueAt: string | null } | null {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value !== "object" || value === null) return null;
    const { id, turn, nextDueAt } = { id: null, turn: null, nextDueAt: null, ...value } as Record<string, unknown>;
    if (typeof id !== "string" || typeof turn !== "number") return null;
    if (nextDueAt === null) return { id, turn, nextDueAt };
    return typeof nextDueAt === "string" && !Number.isNaN(Date.parse(nextDueAt)) ? { id, turn, nextDueAt } : null;
  } catch {
    return null;
  }
}
