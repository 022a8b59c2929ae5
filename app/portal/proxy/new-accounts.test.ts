import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createSignatures } from "~/shopify/signatures.server";

import { testApp } from "../../../tests/app";
import { API_SECRET as SHOP_SECRET, storefrontOf } from "../../../tests/dev-shop/storefront/test-kit";
import type { Storefront } from "../../../tests/dev-shop/storefront/test-kit";
import { CUSTOMER_COOKIE } from "../../../tests/dev-shop/storefront/visitor";
import { browsing, pageOf, testProxy } from "./browsing.fixture";
import type { AskOptions } from "./browsing.fixture";
import { portal } from "./portal.server";

/**
 * Whether the app proxy knows who has signed in to new customer accounts is written nowhere. If it does not, the portal in
 * the storefront must still be there for them: by a link from an e-mail.
 */

const app = await testApp({ subscribers: 2 });
const { ctx, shopify } = app;
shopify.accounts = "new";

const contract = Object.values(shopify.contracts).find(({ status }) => status === "ACTIVE");
if (!contract) throw new Error("the demo shop has subscribers");
const email = shopify.customers[contract.customerId]?.email ?? "";
const skips = () => Object.values(contract.cycleEdits).filter(({ skipped }) => skipped).length;

const proxy = {
  ...testProxy(),
  signatures: createSignatures({ apiKey: "key", apiSecretKey: SHOP_SECRET, appUrl: "https://perennial.example.com" }),
};

let storefront: Storefront;
beforeAll(async () => {
  storefront = await storefrontOf(app.world, shopify);
  storefront.answer = ({ method, url, headers, body }, response) => {
    const type = headers["content-type"];
    const request = new Request(new URL(url.pathname + url.search, "https://perennial.example.com"), {
      method,
      headers: type === undefined ? {} : { "content-type": type },
      ...(method === "POST" ? { body } : {}),
    });
    void portal(ctx, proxy, request).then(async (answer) => {
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(await answer.text());
    });
  };
});
afterAll(() => storefront.stop());

/** A shopper who has signed in to their account, as the shop's storefront sees them. */
function signedIn() {
  shopify.storefrontSessions["a-visit"] = { customerId: contract?.customerId ?? "" };
  const cookie = `${CUSTOMER_COOKIE}=a-visit`;
  return browsing(async (path, { form, query = {} }: AskOptions = {}) => {
    const url = new URL(`/apps/perennial${path}`, storefront.origin);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return pageOf(
      await fetch(url, {
        headers: { cookie },
        ...(form ? { method: "POST", body: new URLSearchParams(form) } : {}),
      }),
    );
  });
}

describe("a shopper with a new customer account", () => {
  it("is known at once where the proxy says who they are", async () => {
    expect((await signedIn().get()).text).toContain(contract.lines[0]?.title);
  });

  it("gets a link by e-mail where it does not, and changes their subscription through it", async () => {
    app.world.settings.assumptions["appProxy.knowsNewAccounts"] = false;
    const shopper = signedIn();
    const door = await shopper.get();
    expect(door.text).not.toContain(contract.lines[0]?.title);
    expect(door.text).toContain("få en lenke");
    const sent = await shopper.press(door, "Send meg en lenke", { email });
    expect(sent.status, sent.text).toBe(200);
    await app.work();
    const mail = app.mails.findLast(({ to }) => to === email);
    const link = /\/apps\/perennial(\/link\/[^?\s]+)/.exec(mail?.text ?? "")?.[1] ?? "";

    const home = await shopper.press(await shopper.get(link), "Åpne abonnementene mine");
    expect(home.status, home.text).toBe(200);
    const preview = await shopper.follow(await shopper.follow(home, /^Se og endre/), /^Hopp over/);
    const form = preview.forms.find(({ fields }) => fields.step === "perform");
    if (!form) throw new Error(`nothing to confirm on ${preview.text}`);
    const before = skips();
    // Within the second in which the link was opened, the same query would carry the same signature.
    const receipt = await shopper.send(form, {}, { query: { locale: "nb" } });
    expect(receipt.status, receipt.text).toBe(200);
    expect(skips()).toBe(before + 1);
  });
});
