/** The stand-in's rules, for the hosts, the scenarios and the Admin API. All business time is `world.now`. */
export * from "./attempt-errors";
export { answerChallenge, createAttempt, decideAttempt, type AttemptInput, type AttemptResult } from "./attempts";
export * from "./checkout";
export * from "./contracts";
export * from "./customers";
export { scheduleEditCycle, skipCycle, unskipCycle, type CycleResult, type UserError } from "./cycle-edits";
export * from "./cycles";
export { emit, nextToken } from "./emit";
export { attemptsOf, contractsOf, forgetIndexes, ordersOf, ordersOfCustomer } from "./indexes";
export { shippingFor } from "./orders";
export { holds, RULES, type Assumption } from "./rules";
export { summaryOf } from "./selling-plan-summary";
export * from "./selling-plans";
export type { SellingPlanGroupInput, SellingPlanInput } from "./selling-plan-input";
export * from "./shops";
export { setStock, shortOf } from "./stock";
export { nextEventAt, runDueEvents } from "./timeline";
export { appNumber, planName } from "./webhook-payloads";
