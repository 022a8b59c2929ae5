/** What a contract's next order takes; the room of money has it, so that mails can say it too. */
export { nextAmount, nextAmountOf, isSpent, storedDiscounts } from "~/money/next-amount";
export type { AmountLine, ContractDiscount, NextAmount } from "~/money/next-amount";
