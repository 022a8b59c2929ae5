import { dueOf, dueWindow } from "~/schedule/due-of";

import { dunningPlan } from "../dunning";
import type { DunningSettings } from "../dunning";
import type { SettingsInput } from "./settings-form";

/** What the preview is reckoned from: the shop's real coming cycles (settings-preview.server.ts). */
export interface PreviewData {
  /** ISO 8601 */
  now: string;
  /** IANA name */
  timeZone: string;
  /** The next calendar days of the shop on which renewals are expected, soonest first. */
  days: PreviewDay[];
  /** Some of the next renewals, soonest first. */
  examples: PreviewExample[];
}

export interface PreviewDay {
  /** "2026-12-01" */
  date: string;
  renewals: number;
  /** ISO 8601: the first renewal's expected date. */
  expectedAt: string;
}

export interface PreviewExample {
  /** Our id. */
  contractId: string;
  /** Shopify's number, as people name a subscription. */
  number: string;
  title: string;
  expectedAt: string;
}

/** Instants are ISO 8601. */
export interface SettingsPreview {
  days: { date: string; renewals: number; from: string; to: string; atOnce: boolean }[];
  examples: { contractId: string; number: string; title: string; at: string; atOnce: boolean }[];
  /** A payment that is declined, first at `at`. */
  declined: { at: string; soft: DunningTimeline; funds: DunningTimeline };
}

export interface DunningTimeline {
  tries: string[];
  endsAt: string;
}

const iso = (at: Date): string => at.toISOString();

/** What the settings would mean, reckoned by the engine's own rules (billing/dunning.ts, schedule/due.ts). */
export function previewOf(data: PreviewData, settings: SettingsInput): SettingsPreview {
  const { timeZone } = data;
  const now = new Date(data.now);
  const dueSettings = { ...settings, timeZone };
  const days = data.days.map(({ date, renewals, expectedAt }) => {
    const { from, to } = dueWindow(new Date(expectedAt), dueSettings);
    return { date, renewals, from: iso(from), to: iso(to), atOnce: to <= now };
  });
  const examples = data.examples
    .map(({ expectedAt, ...example }) => {
      const at = dueOf({ contractId: example.contractId, expectedAt: new Date(expectedAt) }, dueSettings);
      return { ...example, at: iso(at), atOnce: at <= now };
    })
    .sort((a, b) => a.at.localeCompare(b.at));

  const dunning: DunningSettings = {
    timeZone,
    retryDays: settings.dunningRetryDays,
    hourFrom: settings.dunningHourFrom,
    hourTo: settings.dunningHourTo,
    payDays: settings.payDays,
  };
  const next = days.map(({ from }) => new Date(from)).find((from) => from > now);
  const at = next ?? dueWindow(new Date(now.getTime() + DAY_MS), dueSettings).from;
  const timeline = (kind: "SOFT" | "INSUFFICIENT_FUNDS"): DunningTimeline => {
    const { tries, endsAt } = dunningPlan(kind, at, dunning);
    return { tries: tries.map(iso), endsAt: iso(endsAt) };
  };
  return {
    days,
    examples,
    declined: { at: iso(at), soft: timeline("SOFT"), funds: timeline("INSUFFICIENT_FUNDS") },
  };
}

const DAY_MS = 24 * 3_600_000;
