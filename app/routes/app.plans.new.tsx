import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useNavigate } from "@remix-run/react";
import { Page } from "@shopify/polaris";
import { z } from "zod";

import { PlanForm } from "~/plans/components/plan-form";
import { newPlanForm } from "~/plans/components/plan-form-state";
import { usePlanForm } from "~/plans/components/use-plan-form";
import { numericId } from "~/plans/plan";
import { parsePlanForm } from "~/plans/plan-form.server";
import { createPlan } from "~/plans/plans.server";
import type { SavePlanOutcome } from "~/plans/plans.server";
import { authenticateAdmin } from "~/shopify/authenticate.server";
import { showToast } from "~/ui/app-bridge";
import { useT } from "~/ui/i18n";

export async function loader({ request }: LoaderFunctionArgs) {
  await authenticateAdmin(request);
  return null;
}

const body = z.object({ intent: z.literal("save"), plan: z.unknown() });

export async function action({ request }: ActionFunctionArgs): Promise<SavePlanOutcome> {
  const { ctx, shop } = await authenticateAdmin(request);
  const { plan } = body.parse(await request.json());
  const parsed = parsePlanForm(plan);
  if (!parsed.ok) return { outcome: "INVALID", problems: parsed.problems };
  return createPlan(ctx, shop, parsed.plan);
}

export default function NewPlan() {
  const t = useT();
  const navigate = useNavigate();
  const goOn = (id: string, query = "") => {
    // Nothing is unsaved any more: the save bar must not hold the merchant back.
    planForm.settle(planForm.form);
    navigate(`/app/plans/${numericId(id)}${query}`, { replace: true });
  };
  const planForm = usePlanForm(newPlanForm, {
    saved: (id) => {
      showToast(t("plans.created"));
      goOn(id);
    },
    // The plan exists: saving this form again would make a second one.
    partlySaved: (id) => {
      goOn(id, "?products=incomplete");
    },
  });
  return (
    <Page title={t("plans.newTitle")} backAction={{ content: t("plans.title"), url: "/app/plans" }}>
      <PlanForm
        form={planForm.form}
        changed={planForm.changed}
        saving={planForm.saving}
        problems={planForm.problems}
        trouble={planForm.trouble}
        productsEditable
        onChange={planForm.change}
        onSave={planForm.save}
        onDiscard={planForm.discard}
      />
    </Page>
  );
}
