import {
  request as httpRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from "node:http";
import type { DevShop } from "../dev-shop";
import { html } from "./html";
import { replaceAll, replaceInStream } from "./rewrite";

const CDN = "https://cdn.shopify.com";
/** Headers of one connection, not of the message (RFC 9110, section 7.6.1). */
const HOP_BY_HOP = new Set(["connection", "keep-alive", "transfer-encoding", "upgrade", "te"]);

/**
 * The part of Shopify CLI's tunnel: what browsers call the app. It passes everything on as it comes and changes three
 * things that a browser on this machine needs: the admin shell may frame the app, App Bridge is the stand-in's, and
 * nothing is fetched from Shopify's CDN.
 */
export function proxyToApp(
  devShop: DevShop,
  shellOrigin: string,
  incoming: IncomingMessage,
  response: ServerResponse,
): void {
  const app = new URL(devShop.config.appOrigin);
  const outgoing = httpRequest(
    {
      host: app.hostname,
      port: app.port,
      path: incoming.url,
      method: incoming.method,
      headers: {
        ...incoming.headers,
        // Bodies are searched for texts, so they must not be compressed on this stretch.
        "accept-encoding": "identity",
        "x-forwarded-for": incoming.socket.remoteAddress ?? "127.0.0.1",
        "x-forwarded-proto": "http",
        "x-forwarded-host": incoming.headers.host ?? "",
      },
    },
    (answer) => relay(answer, response, shellOrigin),
  );
  outgoing.on("error", () => {
    if (response.headersSent) response.destroy();
    else appIsDown(devShop, response);
  });
  response.on("close", () => outgoing.destroy());
  incoming.pipe(outgoing);
}

function relay(answer: IncomingMessage, response: ServerResponse, shellOrigin: string): void {
  const replacements = browserTexts(shellOrigin);
  const headers = changedHeaders(answer.headers, shellOrigin);
  const type = String(answer.headers["content-type"] ?? "");
  const searched = /text\/html|javascript/.test(type);
  if (searched) delete headers["content-length"];
  response.writeHead(answer.statusCode ?? 502, headers);
  answer.on("error", () => response.destroy());
  if (searched) answer.pipe(replaceInStream(replacements)).pipe(response);
  else answer.pipe(response);
}

const browserTexts = (shellOrigin: string): readonly (readonly [string, string])[] => [
  // App Bridge is the stand-in's own; fonts and pictures are answered harmlessly. No page asks the outside world.
  [`${CDN}/`, `${shellOrigin}/cdn/`],
];

function changedHeaders(from: IncomingHttpHeaders, shellOrigin: string): OutgoingHttpHeaders {
  const headers: OutgoingHttpHeaders = {};
  for (const [name, value] of Object.entries(from)) {
    if (value !== undefined && !HOP_BY_HOP.has(name)) headers[name] = value;
  }
  const policy = from["content-security-policy"];
  if (policy) headers["content-security-policy"] = allowFrame(String(policy), shellOrigin);
  if (from.link) headers["link"] = replaceAll(String(from.link), browserTexts(shellOrigin));
  if (from.location) headers["location"] = shellUrl(from.location, shellOrigin) ?? from.location;
  return headers;
}

/** The shell answers on localhost and on 127.0.0.1, so both may frame the app. */
function allowFrame(policy: string, shellOrigin: string): string {
  const other = shellOrigin.includes("//localhost")
    ? shellOrigin.replace("//localhost", "//127.0.0.1")
    : shellOrigin.replace("//127.0.0.1", "//localhost");
  return policy.replace(
    /frame-ancestors([^;]*)/,
    (_all, sources: string) => `frame-ancestors${sources.replace(" 'none'", "")} ${shellOrigin} ${other}`,
  );
}

/**
 * Where a page of Shopify's admin is in the stand-in, or null when the address is not one. Knows
 * `https://admin.shopify.com/store/<shop>/…` and `https://<shop>.myshopify.com/admin/…`.
 */
export function shellUrl(address: string, shellOrigin: string): string | null {
  const admin = /^https:\/\/admin\.shopify\.com(\/store\/.*)?$/.exec(address);
  if (admin) return `${shellOrigin}${admin[1] ?? "/"}`;
  const legacy = /^https:\/\/([a-z0-9-]+)\.myshopify\.com\/admin(?:\/(.*))?$/.exec(address);
  if (!legacy) return null;
  const rest = legacy[2] ?? "";
  const install = /^oauth\/(?:install|authorize)\?(?:.*&)?client_id=([^&]+)/.exec(rest);
  return `${shellOrigin}/store/${legacy[1] ?? ""}/${install ? `apps/${install[1] ?? ""}` : rest}`;
}

function appIsDown(devShop: DevShop, response: ServerResponse): void {
  const { app, appOrigin } = devShop.config;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>${app.name} does not answer</title>
        <style>
          body {
            font:
              16px/1.5 system-ui,
              sans-serif;
            margin: 15vh auto;
            max-width: 32rem;
            padding: 0 1rem;
          }
        </style>
      </head>
      <body>
        <h1>${app.name} does not answer</h1>
        <p>Nothing listens at ${appOrigin}. Start the app (or wait until it has started) and load this page again.</p>
      </body>
    </html>`;
  response.writeHead(502, { "content-type": "text/html; charset=utf-8" });
  response.end(page.text);
}
