import { createTransport } from "nodemailer";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startDevShop, type RunningDevShop } from "../start";
import type { Shop } from "../world";
import { hmac, NOW, startTinyApp, startWithShop, type Caller, type TinyApp } from "./test-kit";
import { problemOfIdToken } from "./id-token";

let app: TinyApp;
let running: RunningDevShop;
let shop: Shop;
let call: Caller;

beforeAll(async () => {
  app = await startTinyApp();
  ({ running, shop, call } = await startWithShop(app));
});
afterAll(async () => {
  await running.stop();
  await app.stop();
});

/** A GET under another Host header, which fetch does not allow. */
function visit(
  host: string,
  path: string,
): Promise<{ status: number; headers: Record<string, unknown>; text: string }> {
  const { port } = running.devShop.config;
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", port, path, headers: { host: `${host}:${port}` } }, (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
    });
    outgoing.on("error", reject);
    outgoing.end();
  });
}

describe("the tunnel", () => {
  const CDN = "https://cdn.shopify.com/shopifycloud/app-bridge.js";

  test("passes a page on with the stand-in's App Bridge, even when its address comes in two parts", async () => {
    app.answer = (_received, response) => {
      response.writeHead(200, {
        "content-type": "text/html",
        link: `<${CDN}>; rel="preload"; as="script";`,
        "content-security-policy": "frame-ancestors https://proving.myshopify.com https://admin.shopify.com;",
      });
      response.write(`<p>blåbær</p><script src="${CDN.slice(0, 30)}`);
      setImmediate(() => response.end(`${CDN.slice(30)}"></script><link href="https://cdn.shopify.com/fonts.css">`));
    };
    const { text, headers } = await visit("perennial.localhost", "/app?x=1");
    const { origin } = running;
    expect(text).toBe(
      `<p>blåbær</p><script src="${origin}/cdn/shopifycloud/app-bridge.js"></script><link href="${origin}/cdn/fonts.css">`,
    );
    expect(headers["link"]).toContain(`${origin}/cdn/shopifycloud/app-bridge.js`);
    expect((await visit("localhost", "/cdn/shopifycloud/app-bridge.js")).text).toContain("window.shopify");
    expect(headers["content-security-policy"]).toContain(`https://admin.shopify.com ${origin} `);
    expect(app.received.at(-1)?.headers.host).toBe(`perennial.localhost:${running.devShop.config.port}`);
  });

  test("a redirect into Shopify's admin leads into the shell", async () => {
    app.answer = (_received, response) => {
      response.writeHead(302, { location: "https://admin.shopify.com/store/proving/apps/key" }).end();
    };
    const { headers } = await visit("perennial.localhost", "/app");
    expect(headers["location"]).toBe(`${running.origin}/store/proving/apps/key`);
  });

  test("says in words that the app is down", async () => {
    const { appOrigin } = running.devShop.config;
    running.devShop.config.appOrigin = "http://127.0.0.1:9";
    const { status, text } = await visit("perennial.localhost", "/app");
    running.devShop.config.appOrigin = appOrigin;
    expect(status).toBe(502);
    expect(text).toContain("does not answer");
  });
});

describe("hosts", () => {
  test("each name leads to its own host, and unknown names to none", async () => {
    expect((await visit("localhost", "/")).text).toContain("Proving ground");
    expect((await visit("other.localhost", "/")).status).toBe(404);
    expect((await visit("evil.example", "/_control/state")).status).toBe(421);
    const other = await call("POST", "//other.myshopify.com/admin/oauth/access_token", {});
    expect(other.status).toBe(404);
    const unserved = await call("GET", "//proving.myshopify.com/admin/api/2026-07/products.json");
    expect([unserved.status, String(unserved.body["errors"])]).toEqual([501, expect.stringContaining("NOT_SERVED")]);
  });

  test("the Admin API answers under the shop's host, and malformed JSON is refused", async () => {
    const path = "//proving.myshopify.com/admin/api/2026-07/graphql.json";
    const answer = await call("POST", path, { query: "{ shop { name } }" }, { "x-shopify-access-token": "wrong" });
    expect(answer.status).toBe(401);
    expect(answer.headers.get("x-request-id")).toBeTruthy();
    expect((await call("POST", path, "{")).status).toBe(400);
  });
});

describe("the admin", () => {
  test("opens the app in its frame with a good id token and a signature over the query", async () => {
    const { body } = await call("GET", "/store/proving/session-token");
    expect(problemOfIdToken(running.devShop.config, shop, String(body["token"]))).toBeNull();
    const { text } = await call("GET", "/store/proving/apps/perennial/app/plans?tab=2");
    const source = new URL(/src="(http[^"]+)"\s+allow/.exec(text)?.[1]?.replaceAll("&amp;", "&") ?? "");
    expect(source.origin).toBe(running.devShop.config.tunnelOrigin);
    expect(source.pathname).toBe("/app/plans");
    const { searchParams } = source;
    expect(searchParams.get("tab")).toBe("2");
    expect(searchParams.get("shop")).toBe("proving.myshopify.com");
    expect(Buffer.from(searchParams.get("host") ?? "", "base64").toString()).toBe("admin.shopify.com/store/proving");
    expect(problemOfIdToken(running.devShop.config, shop, searchParams.get("id_token") ?? "")).toBeNull();
    const signature = searchParams.get("hmac");
    searchParams.delete("hmac");
    searchParams.sort();
    expect(signature).toBe(hmac(searchParams.toString(), running.devShop.config.apiSecret, "hex"));
  });

  test("asks a shop that has not granted a new scope before the app is opened, and tells the app of the grant", async () => {
    const { scopes } = running.devShop.config.app;
    shop.grantedScopes = scopes.slice(1);
    app.answer = (_received, response) => response.end();
    const page = await call("GET", "/store/proving/apps/perennial/app/plans");
    expect(page.text).toContain(scopes[0]);
    expect(page.text).not.toContain("<iframe");
    const granted = await call("POST", "/store/proving/grant", "path=/app/plans", {
      "content-type": "application/x-www-form-urlencoded",
    });
    expect(granted.headers.get("location")).toBe("/store/proving/apps/perennial/app/plans");
    expect(shop.grantedScopes).toEqual(scopes);
    await expect
      .poll(() => app.received.map(({ headers }) => headers["x-shopify-topic"]))
      .toContain("app/scopes_update");
  });

  test("every page answers, and one that does not exist says so", async () => {
    for (const path of ["", "/orders", "/customers", "/products"]) {
      expect((await call("GET", `/store/proving${path}`)).status).toBe(200);
    }
    for (const path of ["/orders/1", "/apps/other", "/settings"]) {
      expect((await call("GET", `/store/proving${path}`)).status).toBe(404);
    }
    expect((await call("GET", "/store/nobody")).status).toBe(404);
  });

  test("text from the shop is escaped", async () => {
    shop.title = "<script>alert(1)</script>";
    const { text } = await call("GET", "/store/proving");
    shop.title = "Proving ground";
    expect(text).not.toContain("<script>alert");
  });
});

describe("mail", () => {
  test("what the app sends is in the mailbox of the shop it names, and can be read with links that work", async () => {
    const transport = createTransport({ host: "127.0.0.1", port: running.devShop.config.smtpPort });
    await transport.sendMail({
      from: "shop@example.com",
      to: "kunde@example.com",
      subject: "Abonnementet er i gang",
      text: "Se https://proving.myshopify.com/apps/perennial",
      html: '<a href="https://proving.myshopify.com/apps/perennial">Se det</a>',
      headers: { "X-Perennial-Shop": "proving.myshopify.com", "Content-Language": "nb" },
    });
    transport.close();
    const { body } = await call("GET", "/_control/mail?shop=proving");
    expect(body["items"]).toEqual([
      {
        to: "kunde@example.com",
        subject: "Abonnementet er i gang",
        text: expect.stringContaining("Se https://"),
        html: expect.stringContaining("<a href"),
        locale: "nb",
        at: NOW,
      },
    ]);
    const preview = await call("GET", `/_control/mail/${shop.mail[0]?.id ?? ""}/html?shop=proving`);
    expect(preview.text).toContain(`http://proving.localhost:${running.devShop.config.port}/apps/perennial`);
    expect(preview.headers.get("content-security-policy")).toContain("sandbox");
  });
});

describe("starting", () => {
  test("a port in use, an unknown shop and a damaged state file are one sentence each", async () => {
    const options = { appOrigin: app.origin, smtpPort: 0 };
    const { port } = running.devShop.config;
    await expect(startDevShop({ ...options, port })).rejects.toThrow(`Port ${port} is in use`);
    await expect(startDevShop({ ...options, port: 0, scenarios: ["none"] })).rejects.toThrow(
      'no demo shop called "none"',
    );
    const folder = mkdtempSync(join(tmpdir(), "state-"));
    const stateFile = join(folder, "world.json");
    writeFileSync(stateFile, '{"now":"2026');
    await expect(startDevShop({ ...options, port: 0, stateFile })).rejects.toThrow("is damaged");
    rmSync(folder, { recursive: true });
  });

  test("the world is found again after a stop", async () => {
    const folder = mkdtempSync(join(tmpdir(), "state-"));
    const options = { appOrigin: app.origin, port: 0, smtpPort: 0, stateFile: join(folder, "world.json"), now: NOW };
    const first = await startDevShop({ ...options, scenarios: ["hudpleie"] });
    first.devShop.world.now = "2026-04-01T00:00:00.000Z";
    await first.stop();
    const second = await startDevShop({ ...options, scenarios: ["hudpleie"], now: "2027-01-01T00:00:00.000Z" });
    expect(second.devShop.world).toEqual(first.devShop.world);
    await second.stop();
    rmSync(folder, { recursive: true });
  });
});
