import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { Banner, BlockStack, Page } from "@shopify/polaris";
import { z } from "zod";

import { portalUrl } from "~/notifications/links";
import { ActionsCard } from "~/portal/components/settings/actions-card";
import { LeavingCard } from "~/portal/components/settings/leaving-card";
import { LegalCard } from "~/portal/components/settings/legal-card";
import { PreferencesCard } from "~/portal/components/settings/preferences-card";
import { SwapCard } from "~/portal/components/settings/swap-card";
import { usePortalForm } from "~/portal/components/settings/use-portal-form";
import type { PortalFormAction } from "~/portal/components/settings/use-portal-form";
import { readPortalForm } from "~/portal/portal-form";
import { portalInput, postedPortalForm, savePortal } from "~/portal/portal-form.server";
import { authenticateAdmin } from "~/shopify/authenticate.server";
import { showToast } from "~/ui/app-bridge";
import { useT } from "~/ui/i18n";
import { SaveBar } from "~/ui/save-bar";

export async function loader({ request }: LoaderFunctionArgs) {
  const { ctx, shop } = await authenticateAdmin(request);
  return { input: await portalInput(ctx, shop), portalUrl: portalUrl(shop) };
}

const body = z.object({ form: z.unknown() });

export async function action({ request }: ActionFunctionArgs): Promise<PortalFormAction> {
  const { ctx, shop } = await authenticateAdmin(request);
  const read = readPortalForm(postedPortalForm(body.parse(await request.json()).form));
  if (!read.ok) return { outcome: "INVALID", problems: read.problems };
  return savePortal(ctx, shop, read.input);
}

export default function PortalSettingsPage() {
  const { input, portalUrl: url } = useLoaderData<typeof loader>();
  const t = useT();
  const page = usePortalForm(input, () => {
    showToast(t("portalSettings.saved"));
  });
  const fields = { form: page.form, problems: page.problems, onChange: page.change };

  return (
    <Page
      title={t("portalSettings.title")}
      secondaryActions={[
        { content: t("portalSettings.leavingLink"), url: "/app/portal/leaving" },
        { content: t("portalSettings.casesLink"), url: "/app/cases" },
      ]}
    >
      <SaveBar
        id="portal-settings-save-bar"
        open={page.changed}
        saving={page.saving}
        onSave={page.save}
        onDiscard={page.discard}
      />
      <BlockStack gap="400">
        {page.unavailable ? <Banner tone="critical">{t("trouble.unavailable")}</Banner> : null}
        {page.problems.length > 0 ? (
          <Banner tone="critical" title={t("portalSettings.problemsTitle", { count: page.problems.length })} />
        ) : null}
        <ActionsCard {...fields} />
        <SwapCard {...fields} />
        <PreferencesCard {...fields} />
        <LeavingCard {...fields} />
        <LegalCard {...fields} portalUrl={url} />
      </BlockStack>
    </Page>
  );
}
