import { PassThrough } from "node:stream";

import { createReadableStreamFromReadable } from "@remix-run/node";
import type { EntryContext } from "@remix-run/node";
import { RemixServer } from "@remix-run/react";
import { isbot } from "isbot";
import { renderToPipeableStream } from "react-dom/server";

import { log } from "~/lib/log.server";
import { loggedPath } from "~/lib/logged-path";
import { addDocumentResponseHeaders } from "~/shopify.server";

/**
 * Past this a page's streamed data is given up. Loaders are waited for before a page is sent and none of ours streams,
 * so it is short: Remix keeps a timer of this length for each page, and with it a process that was told to stop.
 */
export const streamTimeout = 3_000;

export default async function handleRequest(
  request: Request,
  responseStatusCode: number,
  responseHeaders: Headers,
  remixContext: EntryContext,
): Promise<Response> {
  addDocumentResponseHeaders(request, responseHeaders);
  const readyEvent = isbot(request.headers.get("user-agent")) ? "onAllReady" : "onShellReady";
  let status = responseStatusCode;
  return new Promise((resolve, reject) => {
    const { pipe, abort } = renderToPipeableStream(<RemixServer context={remixContext} url={request.url} />, {
      [readyEvent]() {
        const body = new PassThrough();
        responseHeaders.set("Content-Type", "text/html");
        resolve(new Response(createReadableStreamFromReadable(body), { headers: responseHeaders, status }));
        pipe(body);
      },
      onShellError: reject,
      onError(error: unknown) {
        status = 500;
        log.error({ err: error }, "a page could not be rendered");
      },
    });
    // A page that has been sent must not keep a process alive that was told to stop.
    setTimeout(abort, streamTimeout + 1000).unref();
  });
}

/** For the server that has answered its last request. */
export { closeContext } from "~/app-context.server";

/** Errors of loaders and actions end here; what a person reads is in the routes' error boundaries. */
export function handleError(error: unknown, { request }: { request: Request }): void {
  if (request.signal.aborted) return;
  log.error({ err: error, path: loggedPath(new URL(request.url).pathname) }, "a request failed");
}
