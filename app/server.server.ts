import { createServer } from "node:http";
import path from "node:path";
import { pathToFileURL } from "node:url";

import { createRequestHandler } from "@remix-run/express";
import { installGlobals } from "@remix-run/node";
import type { ServerBuild } from "@remix-run/node";
import compression from "compression";
import express from "express";
import type { RequestHandler } from "express";

import { log } from "~/lib/log.server";
import { loggedPath } from "~/lib/logged-path";

import type * as entry from "./entry.server";

/** `npm start`: answers Shopify, merchants and shoppers with what `npm run build` has made. Run as many as you like. */

const DEFAULT_PORT = 3000;
/** Requests that are not answered by then are cut off, so that a process that was told to stop does stop. */
const FINISH_MS = 20_000;

type Build = ServerBuild & { entry: { module: typeof entry } };

/** One line a request, when it is over. Not the library's own log: it would write links' tokens down. */
const logged: RequestHandler = ({ method, originalUrl }, response, next) => {
  const began = performance.now();
  response.once("close", () => {
    // Without headers nobody waited for the answer.
    const status = response.headersSent ? response.statusCode : null;
    log.info({ method, path: loggedPath(originalUrl), status, ms: Math.round(performance.now() - began) }, "request");
  });
  next();
};

function serve(build: Build) {
  const app = express();
  const server = createServer(app);
  app.disable("x-powered-by");
  app.use((_request, response, next) => {
    // A proxy's connection that always has a next request would outlive the end.
    if (!server.listening) response.set("Connection", "close");
    next();
  });
  app.use(compression());
  app.use(build.publicPath, express.static(build.assetsBuildDirectory, { immutable: true, maxAge: "1y" }));
  app.use(logged);
  const answer = createRequestHandler({ build, mode: process.env.NODE_ENV });
  app.all("*", (request, response, next) => void answer(request, response, next));
  return server;
}

try {
  // React and Express ask for it when they are first used.
  process.env.NODE_ENV ??= "production";
  const build = (await import(pathToFileURL(path.resolve("build/server/index.js")).href)) as Build;
  installGlobals({ nativeFetch: build.future.v3_singleFetch });
  const server = serve(build);
  const stop = () => {
    server.close(() => {
      build.entry.module
        .closeContext()
        .catch((error: unknown) => log.error({ err: error }, "the web process did not stop cleanly"))
        .finally(() => process.exit(0));
    });
    setTimeout(() => server.closeAllConnections(), FINISH_MS).unref();
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  const port = Number(process.env.PORT ?? DEFAULT_PORT);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen({ port, host: process.env.HOST }, resolve);
  });
  log.info({ port }, "web ready");
} catch (error) {
  log.fatal(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
