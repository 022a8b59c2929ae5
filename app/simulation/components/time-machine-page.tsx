import { useFetcher } from "@remix-run/react";
import { Banner, BlockStack, Card, Layout, Page, SkeletonBodyText, Text } from "@shopify/polaris";
import { useEffect, useState } from "react";

import type { SettingsInput } from "~/billing/settings/settings-form";
import { useT } from "~/ui/i18n";

import { readTimeMachineForm, timeMachineForm } from "../time-machine-form";
import type { TimeMachineProblem } from "../time-machine-form";
import type { TimeMachineAnswer } from "../time-machine-form.server";
import { AskCard } from "./ask-card";
import { ReportCards } from "./report-cards";

/** Runs the shop forward without money, and says what would happen. */
export function TimeMachinePage({ settings }: { settings: SettingsInput }) {
  const t = useT();
  const fetcher = useFetcher<TimeMachineAnswer>();
  const [form, setForm] = useState(() => timeMachineForm(settings));
  const [problems, setProblems] = useState<TimeMachineProblem[]>([]);
  const [asked, setAsked] = useState({ declineShare: 0 });
  const running = fetcher.state !== "idle";
  const { data } = fetcher;

  useEffect(() => {
    if (data?.outcome === "INVALID") setProblems(data.problems);
  }, [data]);

  const run = () => {
    const read = readTimeMachineForm(form, settings);
    setProblems(read.ok ? [] : read.problems);
    if (!read.ok) return;
    setAsked({ declineShare: read.input.assumptions.declineShare });
    void fetcher.submit({ ...form }, { method: "POST", encType: "application/json" });
  };

  return (
    <Page
      title={t("timeMachine.title")}
      subtitle={t("timeMachine.intro")}
      backAction={{ content: t("nav.billing"), url: "/app/billing" }}
    >
      <Layout>
        <Layout.Section variant="oneThird">
          <AskCard
            form={form}
            problems={problems}
            running={running}
            onChange={(changes) => {
              setForm({ ...form, ...changes });
              const names = Object.keys(changes);
              setProblems(problems.filter(({ field }) => !names.includes(field)));
            }}
            onRun={run}
          />
        </Layout.Section>
        <Layout.Section>
          <div aria-busy={running}>
            {running ? (
              <Running />
            ) : data?.outcome === "REPORT" ? (
              <ReportCards
                report={data.report}
                comparison={data.comparison}
                bars={data.bars}
                declineShare={asked.declineShare}
              />
            ) : data?.outcome === "FAILED" ? (
              <Banner tone="critical">{t("timeMachine.failed")}</Banner>
            ) : (
              <NothingYet />
            )}
          </div>
        </Layout.Section>
      </Layout>
    </Page>
  );
}

function NothingYet() {
  const t = useT();
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingMd">
          {t("timeMachine.emptyTitle")}
        </Text>
        <Text as="p" tone="subdued">
          {t("timeMachine.empty")}
        </Text>
      </BlockStack>
    </Card>
  );
}

function Running() {
  const t = useT();
  return (
    <Card>
      <BlockStack gap="300">
        <div role="status">
          <Text as="p">{t("timeMachine.running")}</Text>
        </div>
        <div aria-hidden="true">
          <SkeletonBodyText lines={8} />
        </div>
      </BlockStack>
    </Card>
  );
}
