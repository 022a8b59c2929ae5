/** The stand-in's rules, for the hosts, the scenarios and the Admin API. All business time is `world.now`. */
export { changeFromOutside, chargeFromOutside, planNativeRetries, type OutsideChange } from "./acts";
export * from "./attempt-errors";
export {
  answerChallenge,
  createAttempt,
  decideAttempt,
  openChallenge,
  type AttemptInput,
  type AttemptResult,
} from "./attempts";
export {
  bulkOperationsOf,
  bulkResultAt,
  cancelBulkOperation,
  fillBulkOperation,
  startBulkOperation,
  type BulkResult,
} from "./bulk-operations";
export * from "./checkout";
export { codeNamed, rejectionOf, type RejectionReason } from "./codes";
export * from "./contracts";
export * from "./customers";
export {
  contractOfCycle,
  deleteCycleEdit,
  deleteCycleEdits,
  hasFutureEdits,
  type CyclesResult,
} from "./cycle-contracts";
export { deliveryOptionsFor, deliveryOptionsOf, type DraftDeliveryOption } from "./delivery-options";
export { amountsOf, discountOn, discountsOf, entitles, isSpent } from "./discounts";
export { converted, inShopCurrency, priceIn } from "./markets";
export { commitCycleDraft, commitDraft, committedFault, type CommitResult } from "./draft-commit";
export * from "./draft-discounts";
export type * from "./draft-inputs";
export { addLine, removeLine, updateLine, type LineResult } from "./draft-lines";
export { concatenate } from "./draft-concatenation";
export { updateDraft, type DraftResult } from "./draft-terms";
export { openContractDraft, openCycleDraft, openNewDraft, type NewContractInput } from "./drafts";
export { scheduleEditCycle, skipCycle, unskipCycle, type CycleResult, type UserError } from "./cycle-edits";
export * from "./cycles";
export { emit, nextToken } from "./emit";
export * from "./faults";
export { attemptsOf, contractsOf, forgetIndexes, ordersOf, ordersOfCustomer } from "./indexes";
export { deleteOrder, refundOrder, setHighRisk, shippingFor } from "./orders";
export { asItWas, remember } from "./past";
export { holds, RULES, type Assumption } from "./rules";
export { summaryOf } from "./selling-plan-summary";
export * from "./selling-plans";
export type { SellingPlanGroupInput, SellingPlanInput } from "./selling-plan-input";
export * from "./shops";
export { setStock, shortOf } from "./stock";
export { nextEventAt, runDueEvents } from "./timeline";
export { appNumber, planName } from "./webhook-payloads";
