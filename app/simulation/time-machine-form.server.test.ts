import { expect, test } from "vitest";

import { testApp } from "../../tests/app";
import { answerTimeMachine } from "./time-machine-form.server";

test("a run that breaks off is an answer of its own, and a form that is not ours is refused", async () => {
  const { ctx, shop } = await testApp();
  const form = {
    days: "30",
    declinePercentage: "0",
    compare: "NOTHING",
    dunningRetryDays: "",
    payDays: "",
    dunningEnd: "PAUSE",
    missedCycles: "SKIP",
    billingHour: 9,
  };
  const breaksOff = () => Promise.reject(new Error("too much"));
  expect(await answerTimeMachine(ctx, shop, form, breaksOff)).toEqual({ outcome: "FAILED" });
  expect(await answerTimeMachine(ctx, shop, { ...form, days: "many" }, breaksOff)).toEqual({
    outcome: "INVALID",
    problems: [{ field: "days", code: "NOT_WHOLE" }],
  });
  await expect(answerTimeMachine(ctx, shop, { days: 30 }, breaksOff)).rejects.toThrow();
});
