import type { LoaderFunctionArgs } from "@remix-run/node";
import { useLoaderData } from "@remix-run/react";
import { Card, EmptyState, Page } from "@shopify/polaris";

import { PlanList } from "~/plans/components/plan-list";
import { listPlans } from "~/plans/plans.server";
import { authenticateAdmin } from "~/shopify/authenticate.server";
import { EmptyPicture } from "~/ui/empty-picture";
import { useT } from "~/ui/i18n";
import { orUnavailable } from "~/ui/unavailable.server";

export async function loader({ request }: LoaderFunctionArgs) {
  const { ctx, shop } = await authenticateAdmin(request);
  return orUnavailable(listPlans(ctx, shop, { after: new URL(request.url).searchParams.get("after") }));
}

export default function Plans() {
  const { plans, after } = useLoaderData<typeof loader>();
  const t = useT();
  if (plans.length === 0) {
    return (
      <Page title={t("plans.title")}>
        <Card>
          <EmptyState
            heading={t("plans.emptyTitle")}
            action={{ content: t("plans.create"), url: "/app/plans/new" }}
            image={EmptyPicture}
          >
            <p>{t("plans.empty")}</p>
          </EmptyState>
        </Card>
      </Page>
    );
  }
  return (
    <Page title={t("plans.title")} primaryAction={{ content: t("plans.create"), url: "/app/plans/new" }}>
      <PlanList plans={plans} after={after} />
    </Page>
  );
}
