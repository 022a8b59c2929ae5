import { Banner, BlockStack, Button, Card, Checkbox, ChoiceList, Text, TextField } from "@shopify/polaris";
import { useState } from "react";

import { ConfirmModal } from "~/ui/confirm-modal";
import { useT } from "~/ui/i18n";

import { LONGEST_NOTE } from "../case-views";
import type { CaseView } from "../case-views";
import type { Settle } from "./use-settle";

interface SettleCardProps {
  found: CaseView;
  canCancel: boolean;
  settle: Settle;
}

/** Settles a declaration: its outcome, whether the subscription ends, and what the customer is told. */
export function SettleCard({ found, canCancel, settle }: SettleCardProps) {
  const t = useT();
  const [outcome, setOutcome] = useState<"SETTLED" | "DECLINED">("SETTLED");
  const [cancel, setCancel] = useState(canCancel);
  const [note, setNote] = useState("");
  const [noteMissing, setNoteMissing] = useState(false);
  const ends = outcome === "SETTLED" && canCancel && cancel;

  return (
    <Card>
      <BlockStack gap="400">
        <Text as="h2" variant="headingMd">
          {t("cases.settleTitle")}
        </Text>
        {settle.trouble ? <Banner tone="critical">{settle.trouble}</Banner> : null}
        <ChoiceList
          title={t("cases.outcome")}
          choices={[
            { value: "SETTLED", label: t("cases.outcome_SETTLED") },
            { value: "DECLINED", label: t("cases.outcome_DECLINED"), helpText: t("cases.outcomeHelp") },
          ]}
          selected={[outcome]}
          onChange={([chosen]) => {
            setOutcome(chosen === "DECLINED" ? "DECLINED" : "SETTLED");
            setNoteMissing(false);
          }}
        />
        {canCancel && outcome === "SETTLED" ? (
          <Checkbox label={t("cases.cancel")} helpText={t("cases.cancelHelp")} checked={cancel} onChange={setCancel} />
        ) : null}
        <TextField
          label={t("cases.note")}
          helpText={t("cases.noteHelp")}
          value={note}
          error={noteMissing ? t("cases.noteMissing") : undefined}
          maxLength={LONGEST_NOTE}
          multiline={3}
          autoComplete="off"
          onChange={(text) => {
            setNote(text);
            setNoteMissing(false);
          }}
        />
        <div>
          <Button
            variant="primary"
            onClick={() => {
              if (outcome === "DECLINED" && note.trim() === "") setNoteMissing(true);
              else settle.ask();
            }}
          >
            {t("cases.submit")}
          </Button>
        </div>
      </BlockStack>
      <ConfirmModal
        open={settle.asking}
        title={t("cases.confirmTitle")}
        paragraphs={[
          t(ends ? "cases.confirmCancel" : "cases.confirmKeep"),
          t("cases.confirmMail", { email: found.email }),
        ]}
        action={t("cases.confirm")}
        destructive={ends}
        busy={settle.busy}
        onConfirm={() => {
          settle.send({ outcome, note, cancel: ends });
        }}
        onClose={settle.dismiss}
      />
    </Card>
  );
}
