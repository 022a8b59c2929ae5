import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { Banner, BlockStack, Box, Layout, Page } from "@shopify/polaris";
import { z } from "zod";

import { DunningFields } from "~/billing/components/settings/dunning-fields";
import { DeclinePreview, RenewalsPreview } from "~/billing/components/settings/preview-cards";
import { StockFields } from "~/billing/components/settings/stock-fields";
import { TimingFields } from "~/billing/components/settings/timing-fields";
import { useSettingsForm } from "~/billing/components/settings/use-settings-form";
import type { SettingsAction } from "~/billing/components/settings/use-settings-form";
import { readSettings } from "~/billing/settings/settings-form";
import { postedSettings } from "~/billing/settings/settings-form.server";
import { previewOf } from "~/billing/settings/settings-preview";
import { settingsPreviewData } from "~/billing/settings/settings-preview.server";
import { saveBillingSettings, settingsInput } from "~/billing/settings/settings.server";
import { authenticateAdmin } from "~/shopify/authenticate.server";
import { showToast } from "~/ui/app-bridge";
import { useT } from "~/ui/i18n";
import { SaveBar } from "~/ui/save-bar";

export async function loader({ request }: LoaderFunctionArgs) {
  const { ctx, shop } = await authenticateAdmin(request);
  const [settings, coming] = await Promise.all([settingsInput(ctx, shop), settingsPreviewData(ctx, shop)]);
  return { settings, coming };
}

const body = z.object({ settings: z.unknown() });

export async function action({ request }: ActionFunctionArgs): Promise<SettingsAction> {
  const { ctx, shop } = await authenticateAdmin(request);
  const read = readSettings(postedSettings(body.parse(await request.json()).settings));
  if (!read.ok) return { outcome: "INVALID", problems: read.problems };
  await saveBillingSettings(ctx, shop, read.settings, "merchant");
  return { outcome: "SAVED" };
}

export default function BillingSettingsPage() {
  const { settings, coming } = useLoaderData<typeof loader>();
  const t = useT();
  const page = useSettingsForm(settings, () => {
    showToast(t("billingSettings.saved"));
  });
  const preview = previewOf(coming, page.settings);
  const fields = { form: page.form, problems: page.problems, onChange: page.change };

  return (
    <Page title={t("billingSettings.title")} backAction={{ content: t("nav.billing"), url: "/app/billing" }}>
      <SaveBar
        id="billing-settings-save-bar"
        open={page.changed}
        saving={page.saving}
        onSave={page.save}
        onDiscard={page.discard}
      />
      <Layout>
        <Layout.Section>
          <BlockStack gap="400">
            {page.problems.length > 0 ? (
              <Banner tone="critical" title={t("billingSettings.problemsTitle", { count: page.problems.length })} />
            ) : null}
            <TimingFields {...fields} />
            <DunningFields {...fields} />
            <StockFields {...fields} />
          </BlockStack>
        </Layout.Section>
        <Layout.Section variant="oneThird">
          <Box position="sticky" insetBlockStart="400">
            <BlockStack gap="400">
              {page.valid ? null : <Banner tone="warning">{t("billingSettings.previewWrong")}</Banner>}
              <RenewalsPreview preview={preview} />
              <DeclinePreview preview={preview} settings={page.settings} />
            </BlockStack>
          </Box>
        </Layout.Section>
      </Layout>
    </Page>
  );
}
