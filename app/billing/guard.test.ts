import { expect, test } from "vitest";

import { decideGuard } from "./guard";
import type { Booked, GuardReading } from "./guard";

const at = (iso: string) => new Date(iso);

const charge = {
  cycleIndex: 4,
  expectedAt: at("2026-03-02T08:00:00Z"),
  revisionId: "1",
  originOrderId: null,
  billingInterval: "WEEK",
  billingIntervalCount: 1,
  lastPaidAt: null,
  confirmed: false,
} as const;

const reading: GuardReading = {
  contractStatus: "ACTIVE",
  revisionId: "1",
  skipped: false,
  expectedAt: charge.expectedAt,
  dueAt: charge.expectedAt,
  cycles: [],
  attempts: [],
};

test("a cycle that the ledger has as paid is not charged, however late the worker that claimed it wakes up", () => {
  const adopted: Booked = { keys: new Set(["somebody else's"]), paidCycles: new Set([4]) };
  expect(decideGuard(charge, reading, adopted, charge.expectedAt).kind).toBe("ADOPT");
  expect(decideGuard(charge, reading, { ...adopted, paidCycles: new Set([3]) }, charge.expectedAt).kind).toBe("SEND");
});
