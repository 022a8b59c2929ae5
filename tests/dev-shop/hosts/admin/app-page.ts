import type { Shop } from "../../world";
import type { Hosts } from "../context";
import { html, scriptJson } from "../html";
import { homePath, launchQuery } from "../open-app";
import { missingScopes } from "../scopes";
import type { AdminPage } from "./layout";
import { fill, scopeText, textsOf } from "./texts";

/** The app in its frame. `path` is the app's own path and query, "" for its home. */
export function appPage(hosts: Hosts, shop: Shop, path: string): AdminPage {
  const { devShop } = hosts;
  const { config } = devShop;
  const texts = textsOf(shop);
  const base = `/store/${shop.name}/apps/${config.app.handle}`;
  const [pathname = "", search = ""] = path.split("?");
  const inside = pathname === "" || pathname === "/" ? homePath(devShop) : pathname;
  const source = `${config.tunnelOrigin}${inside}?${launchQuery(devShop, shop, new URLSearchParams(search)).toString()}`;
  const settings = {
    shop: shop.name,
    base,
    home: homePath(devShop),
    tunnelOrigin: config.tunnelOrigin,
    appName: config.app.name,
    scopes: { granted: shop.grantedScopes ?? [], required: config.app.scopes, optional: [] },
    user: { id: 1, name: shop.title, email: shop.email, accountAccess: "full" },
    texts,
  };
  return {
    title: config.app.name,
    section: "app",
    wide: true,
    body: html`<div id="loading" hidden></div>
      <div class="app-bar">
        <h1 id="app-title">${config.app.name}</h1>
        <span id="app-actions"></span>
      </div>
      <div id="save-bar" role="region" aria-label="${texts.unsaved}" hidden>
        <span>${texts.unsaved}</span>
        <button type="button" id="discard">${texts.discard}</button>
        <button type="button" id="save" class="primary">${texts.save}</button>
      </div>
      <iframe
        id="app"
        title="${fill(texts.appFrame, { app: config.app.name })}"
        src="${source}"
        allow="clipboard-write"
      ></iframe>
      <div id="toasts" role="status" aria-live="polite"></div>
      <dialog id="confirm" aria-labelledby="confirm-title">
        <h2 id="confirm-title"></h2>
        <p id="confirm-text"></p>
        <form method="dialog">
          <button value="">${texts.stay}</button><button value="yes" class="critical"></button>
        </form>
      </dialog>
      <dialog id="picker" aria-labelledby="picker-title">
        <form method="dialog">
          <h2 id="picker-title">${texts.addProducts}</h2>
          <label
            ><span class="hidden">${texts.search}</span
            ><input type="search" placeholder="${texts.search}" autocomplete="off"
          /></label>
          <fieldset><legend class="hidden">${texts.products}</legend></fieldset>
          <footer>
            <span aria-live="polite"></span><button value="" type="submit" formnovalidate>${texts.cancel}</button>
            <button value="chosen" class="primary"></button>
          </footer>
        </form>
      </dialog>
      <script type="application/json" id="shell-settings">
        ${scriptJson(settings)}
      </script>
      <script src="/admin-shell.js"></script>`,
  };
}

/** Asks the merchant for the scopes that are not granted yet, before the app is opened. */
export function permissionPage(hosts: Hosts, shop: Shop, path: string): AdminPage {
  const texts = textsOf(shop);
  const { app } = hosts.devShop.config;
  const isNew = shop.grantedScopes === null || shop.status === "uninstalled";
  const name = { app: app.name };
  return {
    title: fill(isNew ? texts.install : texts.update, name),
    section: "app",
    body: html`<section class="card permission">
      <h1>${fill(isNew ? texts.install : texts.update, name)}</h1>
      <p>${fill(isNew ? texts.installText : texts.updateText, name)}</p>
      <ul>
        ${missingScopes(hosts.devShop, shop).map((scope) => html`<li>${scopeText(shop, scope)} <code>${scope}</code></li>`)}
      </ul>
      <form method="post" action="/store/${shop.name}/grant">
        <input type="hidden" name="path" value="${path}" />
        <a class="button" href="/store/${shop.name}">${texts.cancel}</a>
        <button class="primary">${isNew ? texts.installButton : texts.updateButton}</button>
      </form>
    </section>`,
  };
}
