import { Router } from "express";
import { accountsOrigin } from "../../customer-accounts/address";
import type { DevShop } from "../../dev-shop";
import { orderDrop } from "../drops/customer";
import { drop } from "../liquid/drop";
import { readFields } from "../forms";
import type { Theme } from "../theme";
import { chooseLanguage, keepSession, localPath, signIn, signOut, visitorOf } from "../visitor";
import type { Visitor } from "../visitor";
import { notFound } from "./catalog";
import { handle, themeText } from "./tools";

/** So many of the shop's customers are offered for signing in with one click. */
const DEMO_CUSTOMERS = 8;

function demoCustomers(visitor: Visitor): unknown[] {
  return Object.values(visitor.shop.customers)
    .filter((customer) => !customer.redacted)
    .slice(0, DEMO_CUSTOMERS)
    .map((customer) =>
      drop("demo_customer", { email: customer.email, name: `${customer.firstName} ${customer.lastName}` }),
    );
}

/** Classic customer accounts, but for the password: whoever knows the e-mail address is in. This is a stand-in. */
export function accountPages(devShop: DevShop, theme: Theme): Router {
  const router = Router();
  const loginAddress = (visitor: Visitor): string =>
    `/account/login?return_url=${encodeURIComponent(visitor.url.pathname)}`;

  const showLogin = (visitor: Visitor, returnTo: string, error: string | null): Promise<string> =>
    theme.page(visitor, {
      template: "customers/login",
      title: themeText(visitor.language)("account.login.title"),
      objects: { login_error: error, return_to: returnTo, demo_customers: demoCustomers(visitor) },
    });

  // New accounts are on a host of their own: the storefront's addresses lead there (documented).
  router.get(["/account", "/account/login", "/account/orders/:id"], (request, response, next) => {
    const { shop, url } = visitorOf(request, response);
    if (shop.accounts !== "new") return next();
    const path = url.pathname === "/account/login" ? "/login" : url.pathname.replace(/^\/account\/?/, "/");
    response.redirect(303, `${accountsOrigin(devShop.config.port, shop.name)}${path}${url.search}`);
  });

  router.get(
    "/account/login",
    handle(async (visitor, _request, response) => {
      const { searchParams } = visitor.url;
      const returnTo = localPath(searchParams.get("return_url") ?? searchParams.get("return_to"), "/account");
      if (visitor.customer) return response.redirect(303, returnTo);
      response.type("html").send(await showLogin(visitor, returnTo, null));
    }),
  );

  router.post(
    "/account/login",
    handle(async (visitor, request, response) => {
      const fields = await readFields(request);
      const email = (fields.get("customer[email]") ?? "").trim().toLowerCase();
      const returnTo = localPath(fields.get("return_to"), "/account");
      const customer = Object.values(visitor.shop.customers).find(
        (candidate) => !candidate.redacted && candidate.email.toLowerCase() === email,
      );
      if (!customer) {
        const error = themeText(visitor.language)("account.login.unknown");
        response
          .status(422)
          .type("html")
          .send(await showLogin(visitor, returnTo, error));
        return;
      }
      signIn(visitor.shop, response, customer.id);
      devShop.changed();
      response.redirect(303, returnTo);
    }),
  );

  router.get(
    "/account/logout",
    handle((visitor, request, response) => {
      signOut(visitor.shop, request, response);
      devShop.changed();
      response.redirect(303, "/");
    }),
  );

  router.get(
    "/account",
    handle(async (visitor, _request, response) => {
      if (!visitor.customer) return response.redirect(303, loginAddress(visitor));
      const title = themeText(visitor.language)("account.title");
      response.type("html").send(await theme.page(visitor, { template: "customers/account", title }));
    }),
  );

  router.get(
    "/account/orders/:id",
    handle(async (visitor, request, response) => {
      if (!visitor.customer) return response.redirect(303, loginAddress(visitor));
      const order = visitor.shop.orders[request.params["id"] ?? ""];
      if (!order || order.customerId !== visitor.customer.id) return notFound(theme, visitor, response);
      const page = { template: "customers/order", title: order.name, objects: { order: orderDrop(order) } };
      response.type("html").send(await theme.page(visitor, page));
    }),
  );

  // The control API signs a shopper in and hands out this address.
  router.get(
    "/_login",
    handle((visitor, _request, response) => {
      const token = visitor.url.searchParams.get("token") ?? "";
      if (!visitor.shop.storefrontSessions[token]) return response.redirect(303, "/account/login");
      keepSession(response, token);
      response.redirect(303, localPath(visitor.url.searchParams.get("return_url"), "/account"));
    }),
  );

  router.post(
    "/localization",
    handle(async (visitor, request, response) => {
      const fields = await readFields(request);
      const language = fields.get("language_code") ?? fields.get("locale_code") ?? "";
      if (visitor.languages.includes(language)) chooseLanguage(response, language);
      // Without the question mark's locale, which would win over the choice just made.
      const back = new URL(localPath(fields.get("return_to"), "/"), visitor.url.origin);
      back.searchParams.delete("locale");
      // An app behind the proxy sees no cookie, so its pages are told in the address.
      const proxy = devShop.config.app.appProxy;
      if (proxy && back.pathname.startsWith(`/${proxy.prefix}/${proxy.subpath}`)) {
        back.searchParams.set("locale", language);
      }
      response.redirect(303, back.pathname + back.search);
    }),
  );
  return router;
}
