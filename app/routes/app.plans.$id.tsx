import type { ActionFunctionArgs, LoaderFunctionArgs } from "@remix-run/node";
import { useFetcher, useLoaderData, useNavigate, useSearchParams } from "@remix-run/react";
import type { ShouldRevalidateFunction } from "@remix-run/react";
import { Banner, BlockStack, Card, Page, Text } from "@shopify/polaris";
import { useEffect, useState } from "react";
import { z } from "zod";

import { PlanForm } from "~/plans/components/plan-form";
import { formOf } from "~/plans/components/plan-form-state";
import { usePlanForm } from "~/plans/components/use-plan-form";
import type { PlanAction } from "~/plans/components/use-plan-form";
import { parsePlanForm } from "~/plans/plan-form.server";
import { deletePlan, getPlan, updatePlan } from "~/plans/plans.server";
import { authenticateAdmin } from "~/shopify/authenticate.server";
import { showToast } from "~/ui/app-bridge";
import { ConfirmModal } from "~/ui/confirm-modal";
import { useFrame, useT } from "~/ui/i18n";
import { orUnavailable } from "~/ui/unavailable.server";

export async function loader({ request, params }: LoaderFunctionArgs) {
  const { ctx, shop } = await authenticateAdmin(request);
  const plan = await orUnavailable(getPlan(ctx, shop, params.id ?? ""));
  if (!plan) throw new Response(null, { status: 404 });
  return { plan };
}

const body = z.discriminatedUnion("intent", [
  z.object({ intent: z.literal("save"), plan: z.unknown(), knownProductIds: z.array(z.string()).max(2000) }),
  z.object({ intent: z.literal("delete") }),
]);

export async function action({ request, params }: ActionFunctionArgs): Promise<PlanAction> {
  const { ctx, shop } = await authenticateAdmin(request);
  const id = params.id ?? "";
  const asked = body.parse(await request.json());
  if (asked.intent === "delete") return deletePlan(ctx, shop, id);
  const parsed = parsePlanForm(asked.plan);
  if (!parsed.ok) return { outcome: "INVALID", problems: parsed.problems };
  return updatePlan(ctx, shop, id, { plan: parsed.plan, knownProductIds: asked.knownProductIds });
}

/** A plan that has just been deleted can't be read anew; the page leaves for the list. */
export const shouldRevalidate: ShouldRevalidateFunction = ({ actionResult, defaultShouldRevalidate }) => {
  const outcome = (actionResult as PlanAction | undefined)?.outcome;
  return outcome === "DELETED" || outcome === "NOT_FOUND" ? false : defaultShouldRevalidate;
};

export default function EditPlan() {
  const { plan } = useLoaderData<typeof loader>();
  // Another plan is another form: nothing typed for one may stand in the other.
  return <PlanEditor key={plan.id} />;
}

function PlanEditor() {
  const { plan } = useLoaderData<typeof loader>();
  const t = useT();
  const { locale } = useFrame();
  const saved = formOf(plan, locale === "nb" ? "," : ".");
  const [search] = useSearchParams();
  const incomplete = search.get("products") === "incomplete";
  const planForm = usePlanForm(
    saved,
    {
      saved: () => {
        planForm.settle(planForm.form);
        showToast(t("plans.saved"));
      },
    },
    incomplete ? t("plans.productsNotSaved") : null,
  );
  const deletion = useDeletion();

  return (
    <Page
      title={plan.name}
      backAction={{ content: t("plans.title"), url: "/app/plans" }}
      secondaryActions={[{ content: t("plans.delete"), destructive: true, onAction: deletion.ask }]}
    >
      <BlockStack gap="400">
        {deletion.trouble ? <Banner tone="critical">{deletion.trouble}</Banner> : null}
        {plan.editable ? (
          <PlanForm
            form={planForm.form}
            changed={planForm.changed}
            saving={planForm.saving}
            problems={planForm.problems}
            trouble={planForm.trouble}
            productsEditable={!plan.productsCut}
            note={
              <Card>
                <Text as="p" tone="subdued">
                  {t("plans.editKept")}
                </Text>
              </Card>
            }
            onChange={planForm.change}
            onSave={planForm.save}
            onDiscard={planForm.discard}
          />
        ) : (
          <Banner tone="info">{t("plans.notEditable")}</Banner>
        )}
      </BlockStack>
      <ConfirmModal
        open={deletion.asking}
        title={t("plans.deleteTitle", { plan: plan.name })}
        paragraphs={[t("plans.deleteWhat"), t("plans.deleteKept")]}
        action={t("plans.delete")}
        destructive
        busy={deletion.busy}
        onConfirm={deletion.confirm}
        onClose={deletion.close}
      />
    </Page>
  );
}

function useDeletion() {
  const t = useT();
  const navigate = useNavigate();
  const fetcher = useFetcher<PlanAction>();
  const [asking, setAsking] = useState(false);
  const { data, state } = fetcher;
  const outcome = state === "idle" ? data?.outcome : undefined;
  const gone = outcome === "DELETED" || outcome === "NOT_FOUND";

  useEffect(() => {
    if (!outcome) return;
    setAsking(false);
    if (!gone) return;
    showToast(t("plans.deleted"));
    navigate("/app/plans", { replace: true });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- t and navigate are new at every rendering
  }, [outcome, gone]);

  return {
    asking,
    busy: state !== "idle" || gone,
    trouble:
      outcome === "UNKNOWN"
        ? t("trouble.unknown")
        : outcome === "SHOPIFY_UNAVAILABLE"
          ? t("trouble.unavailable")
          : null,
    ask: () => {
      setAsking(true);
    },
    close: () => {
      setAsking(false);
    },
    confirm: () => {
      void fetcher.submit({ intent: "delete" }, { method: "POST", encType: "application/json" });
    },
  };
}
