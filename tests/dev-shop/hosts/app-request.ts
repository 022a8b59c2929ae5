import { Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import type { DevShopConfig } from "../dev-shop";

/** One pool for all calls to the app: a month of renewals is thousands of small requests. */
const agent = new Agent({ keepAlive: true, maxSockets: 16 });
/** More than any page of the app; an answer without end must not fill the memory. */
const MAX_ANSWER_BYTES = 10 * 1024 * 1024;

export interface AppRequest {
  method: "GET" | "POST";
  /** Path and query, beginning with "/". */
  path: string;
  headers?: Record<string, string>;
  body?: string;
  timeoutMs: number;
}

export interface AppAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

/**
 * Calls the app as the outside world does: at its own port, under the name the tunnel gives it.
 * Rejects when the app does not answer whole within the time-out.
 */
export function requestApp(config: DevShopConfig, call: AppRequest): Promise<AppAnswer> {
  const app = new URL(config.appOrigin);
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        agent,
        host: app.hostname,
        port: app.port,
        path: call.path,
        method: call.method,
        headers: {
          ...call.headers,
          host: new URL(config.tunnelOrigin).host,
          ...(call.body === undefined ? {} : { "content-length": String(Buffer.byteLength(call.body)) }),
        },
        signal: AbortSignal.timeout(call.timeoutMs),
      },
      (answer) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        answer.on("data", (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes > MAX_ANSWER_BYTES) outgoing.destroy(new Error("The answer is too large."));
          else chunks.push(chunk);
        });
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      },
    );
    outgoing.on("error", reject);
    outgoing.end(call.body);
  });
}
