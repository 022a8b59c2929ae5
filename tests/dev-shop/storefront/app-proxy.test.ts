import "@shopify/shopify-app-remix/adapters/node";
import { ApiVersion, shopifyApi } from "@shopify/shopify-api";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { API_SECRET, startStorefront } from "./test-kit";
import type { AppRequest, Storefront, Visitor } from "./test-kit";

const shopify = shopifyApi({
  apiKey: "key",
  apiSecretKey: API_SECRET,
  hostName: "perennial.example.com",
  apiVersion: ApiVersion.July26,
  isEmbeddedApp: true,
});

let storefront: Storefront;
beforeAll(async () => {
  storefront = await startStorefront();
});
afterAll(() => storefront.stop());
beforeEach(() => {
  storefront.answer = (_request, response) => response.end("ok");
});

const last = (): AppRequest => {
  const request = storefront.appRequests.at(-1);
  if (!request) throw new Error("The app was not asked");
  return request;
};

const signedIn = async (): Promise<{ visitor: Visitor; customerId: string }> => {
  const customer = Object.values(storefront.shop.customers)[0];
  const visitor = storefront.visitor();
  await visitor.post("/account/login", { "customer[email]": customer?.email ?? "" });
  return { visitor, customerId: customer?.id ?? "" };
};

const isValid = (request: AppRequest): Promise<boolean> =>
  shopify.utils.validateHmac(Object.fromEntries(request.url.searchParams), { signator: "appProxy" });

describe("requests to the app", () => {
  it("carry a signature that Shopify's own library accepts, for a guest and for a customer", async () => {
    await storefront.visitor().get("/apps/perennial/contracts/1?tab=next%20order");
    expect(last().url.pathname).toBe("/proxy/contracts/1");
    expect(last().url.searchParams.get("logged_in_customer_id")).toBe("");
    expect(await isValid(last())).toBe(true);

    const { visitor, customerId } = await signedIn();
    await visitor.get("/apps/perennial");
    expect(last().url.pathname).toBe("/proxy");
    expect(Object.fromEntries(last().url.searchParams)).toMatchObject({
      shop: "kaffebonna.myshopify.com",
      logged_in_customer_id: customerId,
      path_prefix: "/apps/perennial",
    });
    expect(await isValid(last())).toBe(true);
  });

  it("have the body as it was posted, the visitor's address, and no cookie", async () => {
    const { visitor } = await signedIn();
    await visitor.post("/apps/perennial/skip", { note: "æøå & co" });
    expect(last()).toMatchObject({ method: "POST", body: new URLSearchParams({ note: "æøå & co" }).toString() });
    expect(last().headers["cookie"]).toBeUndefined();
    expect(last().headers["x-forwarded-for"]).toContain("127.0.0.1");
    expect(last().headers["host"]).toBe("perennial.localhost:4000");
  });

  it("keep a forged customer id beside the real one, unless the assumption is switched off", async () => {
    const { visitor, customerId } = await signedIn();
    await visitor.get("/apps/perennial?logged_in_customer_id=999&shop=other.myshopify.com");
    expect(last().url.searchParams.getAll("logged_in_customer_id")).toEqual(["999", customerId]);
    expect(last().url.searchParams.getAll("shop")).toEqual(["kaffebonna.myshopify.com"]);
    const { assumptions } = storefront.devShop.world.settings;
    assumptions["appProxy.keepsForgedParameters"] = false;
    try {
      await visitor.get("/apps/perennial?logged_in_customer_id=999");
      expect(last().url.searchParams.getAll("logged_in_customer_id")).toEqual([customerId]);
    } finally {
      delete assumptions["appProxy.keepsForgedParameters"];
    }
  });
});

describe("the app's answers", () => {
  const answerWith = (type: string, body: string, status = 200, headers: Record<string, string> = {}): void => {
    storefront.answer = (_request, response) => {
      response.writeHead(status, { "content-type": type, ...headers });
      response.end(body);
    };
  };

  it("of type application/liquid run inside the theme, with the theme's objects", async () => {
    answerWith("application/liquid; charset=utf-8", "<p>{{ customer.first_name }} {{ 14900 | money }}</p>");
    const { visitor, customerId } = await signedIn();
    const { text, headers } = await visitor.get("/apps/perennial");
    expect(text).toContain(`<p>${storefront.shop.customers[customerId]?.firstName} 149,00 kr</p>`);
    expect(text).toContain('<header class="header">');
    expect(headers.get("content-type")).toContain("text/html");
  });

  it("stand alone with {% layout none %}", async () => {
    answerWith("application/liquid", "{% layout none %}<p>{{ shop.name }}</p>");
    expect((await storefront.visitor().get("/apps/perennial")).text).toBe("<p>Kaffebønna</p>");
  });

  it("name the tag or filter that the stand-in does not serve", async () => {
    answerWith("application/liquid", "{{ 'x' | payment_terms }}");
    expect((await storefront.visitor().get("/apps/perennial")).text).toContain(
      'NOT_SERVED: Liquid filter "payment_terms"',
    );
    answerWith("application/liquid", "{% paginate x by 5 %}{% endpaginate %}");
    expect((await storefront.visitor().get("/apps/perennial")).text).toContain('NOT_SERVED: Liquid tag "paginate"');
    answerWith("application/liquid", "{{ shop.metafields }}");
    expect((await storefront.visitor().get("/apps/perennial")).text).toContain("shop.metafields");
  });

  it("pass through untouched otherwise, redirects too, without the app's cookies", async () => {
    answerWith("application/json", '{"a":"{{ shop.name }}"}', 422, { "set-cookie": "a=b" });
    const json = await storefront.visitor().get("/apps/perennial/data");
    expect(json).toMatchObject({ status: 422, text: '{"a":"{{ shop.name }}"}' });
    expect(json.headers.get("set-cookie")).toBeNull();
    answerWith("text/plain", "", 302, { location: "/account/login?return_url=/apps/perennial" });
    expect(await storefront.visitor().get("/apps/perennial")).toMatchObject({
      status: 302,
      location: "/account/login?return_url=/apps/perennial",
    });
  });
});
