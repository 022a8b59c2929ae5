import { request as httpRequest } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";

import { createCustomer } from "../domain";
import { hmac, startTinyApp, startWithShop, type TinyApp } from "../hosts/test-kit";
import { createSessionToken } from "./session-token";

let app: TinyApp;
let started: Awaited<ReturnType<typeof startWithShop>>;
let customerId: string;

beforeAll(async () => {
  app = await startTinyApp();
  started = await startWithShop(app);
  const { shop, running } = started;
  const customer = createCustomer(running.devShop.world, shop, {
    email: "kari@example.com",
    firstName: "Kari",
    lastName: "Nordmann",
  });
  customerId = customer.id;
  shop.storefrontSessions["kari"] = { customerId };
});
afterAll(async () => {
  await started.running.stop();
  await app.stop();
});

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

/** A request to the account's host, as a browser that may have signed in sends it. */
function ask(
  method: "GET" | "POST",
  path: string,
  options: { host?: string; signedIn?: boolean; origin?: string } = {},
) {
  const { port } = started.running.devShop.config;
  const host = `${options.host ?? "account.proving.localhost"}:${port}`;
  return new Promise<Answer>((resolve, reject) => {
    const sent = httpRequest(
      {
        host: "127.0.0.1",
        port,
        path,
        method,
        headers: {
          host,
          "content-type": "application/json",
          ...(options.signedIn === false ? {} : { cookie: "_dev_shop_customer=kari" }),
          ...(options.origin === undefined ? {} : { origin: options.origin }),
        },
      },
      (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }));
      },
    );
    sent.on("error", reject);
    sent.end(method === "POST" ? "{}" : undefined);
  });
}

const claimsOf = (token: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;

test("a page of the account is for whoever has signed in", async () => {
  expect(await ask("GET", "/orders", { signedIn: false })).toMatchObject({
    status: 303,
    headers: { location: "/login?return_to=%2Forders" },
  });
  expect((await ask("GET", "/profile")).text).toContain("kari@example.com");
});

test("the app's full page is in the menu, and gone once the app is", async () => {
  const { shop } = started;
  expect((await ask("GET", "/orders")).text).toContain('href="/pages/subscriptions"');
  const granted = shop.grantedScopes;
  shop.grantedScopes = null;
  expect((await ask("GET", "/orders")).text).not.toContain("/pages/subscriptions");
  expect((await ask("GET", "/pages/subscriptions")).status).toBe(404);
  shop.grantedScopes = granted;
});

test("a session token names shop, app and customer, and is signed with the app's secret", async () => {
  const { config } = started.running.devShop;
  const { status, text } = await ask("POST", "/_extension/token");
  expect(status).toBe(200);
  const { token } = JSON.parse(text) as { token: string };
  const [head, payload, signature] = token.split(".");
  expect(Buffer.from(signature ?? "", "base64url")).toEqual(
    Buffer.from(hmac(`${head}.${payload}`, config.apiSecret, "hex"), "hex"),
  );
  expect(claimsOf(token)).toMatchObject({
    dest: "proving.myshopify.com",
    aud: config.apiKey,
    sub: `gid://shopify/Customer/${customerId}`,
  });
});

test("an app without protected customer data is not told who the customer is", () => {
  const { config } = started.running.devShop;
  const token = createSessionToken(config, { name: "proving", protectedCustomerData: 0 }, customerId);
  expect(claimsOf(token)).not.toHaveProperty("sub");
});

test("nobody gets a token but the account's own page, and only while signed in", async () => {
  expect((await ask("POST", "/_extension/token", { signedIn: false })).status).toBe(401);
  // Where an extension's frame would post from, and another site.
  for (const origin of ["null", "http://evil.example"]) {
    expect((await ask("POST", "/_extension/token", { origin })).status).toBe(403);
  }
});

test("a frame may ask other servers, as its extension has asked to, and nothing of the account", async () => {
  const { headers, text } = await ask("GET", "/_extension/subscriptions/frame?target=customer-account.page.render");
  expect(headers["content-security-policy"]).toContain("connect-src *");
  expect(headers["content-security-policy"]).toContain("default-src 'none'");
  expect(text).not.toContain("kari@example.com");
  expect((await ask("GET", "/pages/subscriptions")).text).toContain('sandbox="allow-scripts allow-forms"');
});

test("a shop with new accounts leads from its storefront to them, a classic one does not", async () => {
  const { shop, running } = started;
  const storefront = { host: "proving.localhost" };
  expect((await ask("GET", "/account", storefront)).status).toBe(200);
  shop.accounts = "new";
  const { port } = running.devShop.config;
  expect((await ask("GET", "/account/orders/7", storefront)).headers["location"]).toBe(
    `http://account.proving.localhost:${port}/orders/7`,
  );
  shop.accounts = "classic";
});

test("there is no account of a shop that is not there", async () => {
  expect((await ask("GET", "/orders", { host: "account.nobody.localhost" })).status).toBe(404);
});
