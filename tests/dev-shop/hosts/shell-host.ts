import express, { type Router } from "express";
import { adminFiles, adminRouter } from "./admin/router";
import { bulkResults } from "./bulk-results";
import { storefrontOrigin, type Hosts } from "./context";
import { controlRouter } from "./control";
import { controlPageRouter } from "./control-page";
import { HttpRefusal } from "./express-tools";
import { html } from "./html";

/** What `localhost` serves: the admin, the control API and its page, and the files browsers need. */
export function shellHost(hosts: Hosts): Router {
  const router = express.Router();
  router.use((request, _response, next) => {
    // Pages of other sites in the same browser must not move the clock.
    const { origin } = request.headers;
    if (request.method !== "GET" && origin !== undefined && !isOurs(origin)) {
      throw new HttpRefusal(403, "Only pages of this stand-in may do that.");
    }
    next();
  });
  router.get("/", (_request, response) => {
    response.type("html").send(indexPage(hosts));
  });
  router.use(adminFiles());
  router.use("/cdn", cdn());
  router.use("/_bulk", bulkResults(hosts.devShop));
  router.use("/store/:shop", adminRouter(hosts));
  router.use("/_control", controlPageRouter(hosts));
  router.use("/_control", controlRouter(hosts));
  router.use((request, response) => {
    response.status(404).type("text").send(`There is nothing at ${request.path}.\n`);
  });
  return router;
}

const isOurs = (origin: string): boolean =>
  /^http:\/\/(localhost|127\.0\.0\.1|\[::1\]|[a-z0-9-]+\.localhost)(:\d+)?$/.test(origin);

/** In the place of Shopify's CDN: fonts are left to the machine's own, pictures are a plain field. */
function cdn(): Router {
  const router = express.Router();
  router.use((request, response) => {
    response.set({ "cache-control": "public, max-age=3600", "access-control-allow-origin": "*" });
    if (request.path.endsWith(".css")) response.type("css").send("");
    else if (/\.(png|jpe?g|gif|svg|webp)$/.test(request.path)) {
      response
        .type("image/svg+xml")
        .send(
          '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 3"><rect width="4" height="3" fill="#e3ebe7"/></svg>',
        );
    } else response.status(404).end();
  });
  return router;
}

function indexPage(hosts: Hosts): string {
  const { world, config } = hosts.devShop;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>Stand-in Shopify</title>
        <link rel="stylesheet" href="/_control/control.css" />
        <link rel="icon" href="data:," />
      </head>
      <body>
        <main>
          <h1>Stand-in Shopify</h1>
          <p class="lead">
            A small Shopify for developing ${config.app.name}. It keeps these shops, plays their admin, storefront and
            API, and moves no money. Time stands still until you move it on the <a href="/_control">control page</a>.
          </p>
          ${Object.values(world.shops).map(
            (shop) =>
              html`<section class="card">
                <h2>${shop.title}</h2>
                <ul class="links">
                  <li><a href="/store/${shop.name}/apps/${config.app.handle}">${config.app.name} in the admin</a></li>
                  <li><a href="/store/${shop.name}">Admin</a></li>
                  <li><a href="${storefrontOrigin(hosts, shop)}/">Storefront</a></li>
                  <li><a href="/_control?shop=${shop.name}">Control page</a></li>
                </ul>
              </section>`,
          )}
        </main>
      </body>
    </html>`.text;
}
