import polarisStyles from "@shopify/polaris/build/esm/styles.css?url";
import type { HeadersFunction, LinksFunction, LoaderFunctionArgs, MetaFunction } from "@remix-run/node";
import { Outlet, useLoaderData, useRouteError, useRouteLoaderData } from "@remix-run/react";
import { AppProvider } from "@shopify/shopify-app-remix/react";
import { boundary } from "@shopify/shopify-app-remix/server";

import { config } from "~/lib/config.server";
import { authenticateAdmin } from "~/shopify/authenticate.server";
import { missingScopes } from "~/shopify/scopes";
import adminStyles from "~/ui/admin.css?url";
import { AppNav } from "~/ui/app-nav";
import { ErrorPage, signInPage } from "~/ui/error-page";
import { TextsProvider } from "~/ui/i18n";
import type { AdminFrame } from "~/ui/i18n";
import { PageSkeleton } from "~/ui/page-skeleton";
import { polarisTexts } from "~/ui/polaris-texts.server";
import { ScopesBanner } from "~/ui/scopes-banner";
import { adminTexts } from "~/ui/texts";
import { useSlowNavigation } from "~/ui/use-busy";

export const links: LinksFunction = () => [
  { rel: "stylesheet", href: polarisStyles },
  { rel: "stylesheet", href: adminStyles },
];

/** Shopify shows its own title around the frame; this one is for screen readers and when the frame is opened alone. */
export const meta: MetaFunction = () => [{ title: "Perennial" }];

export async function loader({ request }: LoaderFunctionArgs) {
  const { shop, locale } = await authenticateAdmin(request);
  const frame: AdminFrame = {
    locale,
    texts: adminTexts[locale],
    apiKey: config().SHOPIFY_API_KEY,
    shop: {
      name: shop.name,
      domain: shop.domain,
      handle: shop.domain.replace(/\.myshopify\.com$/, ""),
      locale: shop.locale,
      timeZone: shop.timeZone,
      currencyCode: shop.currencyCode,
    },
  };
  return { ...frame, polaris: polarisTexts(locale), missingScopes: missingScopes(shop.grantedScopes) };
}

/** The frame's language, shop and texts don't change while it is open, and its document alone carries the locale. */
export const shouldRevalidate = () => false;

export default function AdminLayout() {
  const { apiKey, locale, texts, polaris, missingScopes: missing } = useLoaderData<typeof loader>();
  const slow = useSlowNavigation();
  return (
    <AppProvider isEmbeddedApp apiKey={apiKey} i18n={polaris}>
      <TextsProvider locale={locale} texts={texts}>
        <AppNav />
        <main>
          {missing.length > 0 ? <ScopesBanner missing={missing} /> : null}
          {slow ? <PageSkeleton /> : <Outlet />}
        </main>
      </TextsProvider>
    </AppProvider>
  );
}

export function ErrorBoundary() {
  const error = useRouteError();
  const data = useRouteLoaderData<typeof loader>("routes/app");
  const signIn = signInPage(error);
  if (signIn) return signIn;
  // Without the layout's data there are no texts to show: the document's own boundary takes over.
  if (!data) throw error;
  return (
    <AppProvider isEmbeddedApp apiKey={data.apiKey} i18n={data.polaris}>
      <TextsProvider locale={data.locale} texts={data.texts}>
        <AppNav />
        <main>
          <ErrorPage error={error} />
        </main>
      </TextsProvider>
    </AppProvider>
  );
}

export const headers: HeadersFunction = (args) => boundary.headers(args);
