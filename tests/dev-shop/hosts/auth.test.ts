import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunningDevShop } from "../start";
import type { Shop } from "../world";
import { answerOAuth } from "./auth";
import { createIdToken } from "./id-token";
import { startTinyApp, startWithShop, type Caller, type TinyApp } from "./test-kit";

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

const client = () => ({
  client_id: running.devShop.config.apiKey,
  client_secret: running.devShop.config.apiSecret,
});
const exchangeOf = (idToken: string, more: Record<string, string> = {}) => ({
  ...client(),
  grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
  subject_token: idToken,
  subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
  requested_token_type: "urn:shopify:params:oauth:token-type:offline-access-token",
  expiring: "1",
  ...more,
});
const post = (body: Record<string, string>, domain = "proving.myshopify.com") =>
  call("POST", `//${domain}/admin/oauth/access_token`, body);
const idToken = (): string => createIdToken(running.devShop.config, shop);

describe("token exchange", () => {
  test("an offline token lives one hour and comes with a refresh token of 90 days", async () => {
    const { status, body } = await post(exchangeOf(idToken()));
    expect(status).toBe(200);
    expect(body).toMatchObject({
      access_token: expect.stringMatching(/^shpat_/),
      scope: running.devShop.config.app.scopes.join(","),
      expires_in: 3600,
      refresh_token: expect.stringMatching(/^shprt_/),
      refresh_token_expires_in: 90 * 24 * 3600,
    });
  });

  test("an online token names its user", async () => {
    const { body } = await post(
      exchangeOf(idToken(), { requested_token_type: "urn:shopify:params:oauth:token-type:online-access-token" }),
    );
    expect(body).toMatchObject({ expires_in: 86_399, associated_user: { id: 1 } });
    expect(body).not.toHaveProperty("refresh_token");
  });

  test.each([
    ["signed with another secret", () => createIdToken({ ...running.devShop.config, apiSecret: "other" }, shop)],
    ["for another app", () => createIdToken({ ...running.devShop.config, apiKey: "other" }, shop)],
    ["of another shop", () => createIdToken(running.devShop.config, { name: "other" })],
    ["two minutes old", () => createIdToken(running.devShop.config, shop, Date.now() - 120_000)],
    ["that is none", () => "nonsense"],
  ])("an id token %s is an invalid subject token", async (_name, token) => {
    const { status, body } = await post(exchangeOf(token()));
    expect(status).toBe(400);
    expect(body["error"]).toBe("invalid_subject_token");
  });

  test("a wrong client secret and a token that would not expire are refused", async () => {
    expect((await post(exchangeOf(idToken(), { client_secret: "other" }))).body["error"]).toBe("invalid_client");
    expect((await post(exchangeOf(idToken(), { expiring: "0" }))).body["error"]).toBe("invalid_request");
  });
});

describe("refresh", () => {
  const refreshOf = (token: unknown) => ({
    ...client(),
    grant_type: "refresh_token",
    refresh_token: String(token),
  });

  test("a refresh gives a new pair, and the used refresh token is refused", async () => {
    const first = (await post(exchangeOf(idToken()))).body;
    const second = (await post(refreshOf(first["refresh_token"]))).body;
    expect(second["access_token"]).not.toBe(first["access_token"]);
    expect(second["refresh_token"]).not.toBe(first["refresh_token"]);
    const again = await post(refreshOf(first["refresh_token"]));
    expect([again.status, again.body["error"]]).toEqual([400, "invalid_grant"]);
    expect((await post(refreshOf(second["refresh_token"]))).status).toBe(200);
  });

  test("where Shopify's newer rule holds, a used refresh token is good until its replacement is used", async () => {
    const { assumptions } = running.devShop.world.settings;
    assumptions["refreshTokenRetained"] = true;
    try {
      const first = (await post(exchangeOf(idToken()))).body;
      const second = (await post(refreshOf(first["refresh_token"]))).body;
      expect((await post(refreshOf(first["refresh_token"]))).status).toBe(200);
      await post(refreshOf(second["refresh_token"]));
      expect((await post(refreshOf(first["refresh_token"]))).status).toBe(400);
    } finally {
      delete assumptions["refreshTokenRetained"];
    }
  });

  test("a refresh token of 91 days ago and an unknown one are refused", async () => {
    const first = (await post(exchangeOf(idToken()))).body;
    const later = Date.now() + 91 * 24 * 3600 * 1000;
    expect(answerOAuth(running.devShop, shop, refreshOf(first["refresh_token"]), later).body["error"]).toBe(
      "invalid_grant",
    );
    expect((await post(refreshOf(""))).body["error"]).toBe("invalid_grant");
  });

  test("a shop that has not installed the app gives no tokens", async () => {
    shop.grantedScopes = null;
    try {
      expect((await post(exchangeOf(idToken()))).body["error"]).toBe("invalid_grant");
    } finally {
      shop.grantedScopes = [...running.devShop.config.app.scopes];
    }
  });
});
