import { nextId, type Contract, type ContractStatus, type Instant, type Shop, type World } from "../world";
import { isTerminated, type UserError } from "./cycle-edits";
import { emit } from "./emit";
import { holds } from "./rules";
import { instantOf, ms, nowOf } from "./time";
import { contractPayload } from "./webhook-payloads";

export interface ContractResult {
  contract: Contract | null;
  userErrors: UserError[];
}

/** Say that a contract changed: its clock moves, and with a new revision whoever announced its amounts can see it. */
export function touch(world: World, contract: Contract, newRevision = false): void {
  contract.updatedAt = nowOf(world);
  if (newRevision) contract.revisionId = nextId(world);
}

interface Move {
  to: ContractStatus;
  topic: string;
  from: readonly ContractStatus[];
  message: string;
}

const MOVES = {
  activate: {
    to: "ACTIVE",
    topic: "activate",
    from: ["ACTIVE", "PAUSED", "FAILED"],
    message: "Contract can only be activated from active, paused or failed.",
  },
  pause: {
    to: "PAUSED",
    topic: "pause",
    from: ["ACTIVE", "PAUSED"],
    message: "Contract can only be paused when it is active.",
  },
  cancel: {
    to: "CANCELLED",
    topic: "cancel",
    from: ["ACTIVE", "PAUSED", "FAILED", "CANCELLED"],
    message: "Contract can't be cancelled.",
  },
  expire: {
    to: "EXPIRED",
    topic: "expire",
    from: ["ACTIVE", "PAUSED", "FAILED", "EXPIRED"],
    message: "Contract can't expire.",
  },
  fail: { to: "FAILED", topic: "fail", from: ["ACTIVE", "PAUSED", "FAILED"], message: "Contract can't fail." },
} as const satisfies Record<string, Move>;

export type StatusMove = keyof typeof MOVES;

/**
 * The contract's status mutations. A cancelled or expired contract answers CONTRACT_TERMINATED to every move (documented
 * since 2024-01), other impossible moves INVALID; moving to the state it is in is no error and says nothing.
 */
export function moveContract(world: World, shop: Shop, contract: Contract, name: StatusMove): ContractResult {
  const move: Move = MOVES[name];
  if (isTerminated(contract) && contract.status !== move.to) {
    return {
      contract: null,
      userErrors: [
        {
          field: ["subscriptionContractId"],
          message: "Subscription contract cannot be changed once terminated.",
          code: "CONTRACT_TERMINATED",
        },
      ],
    };
  }
  if (!move.from.includes(contract.status)) {
    return {
      contract: null,
      userErrors: [{ field: ["subscriptionContractId"], message: move.message, code: "INVALID" }],
    };
  }
  if (contract.status === move.to) return { contract, userErrors: [] };
  contract.status = move.to;
  if (isTerminated(contract)) contract.terminatedAt = nowOf(world);
  touch(world, contract, holds(world, "statusChangeBumpsRevision"));
  emit(world, shop, `subscription_contracts/${move.topic}`, contractPayload(contract));
  if (holds(world, "statusChangeSendsUpdate")) {
    emit(world, shop, "subscription_contracts/update", contractPayload(contract));
  }
  return { contract, userErrors: [] };
}

export const activateContract = (world: World, shop: Shop, contract: Contract): ContractResult =>
  moveContract(world, shop, contract, "activate");
export const pauseContract = (world: World, shop: Shop, contract: Contract): ContractResult =>
  moveContract(world, shop, contract, "pause");
export const cancelContract = (world: World, shop: Shop, contract: Contract): ContractResult =>
  moveContract(world, shop, contract, "cancel");
export const expireContract = (world: World, shop: Shop, contract: Contract): ContractResult =>
  moveContract(world, shop, contract, "expire");
export const failContract = (world: World, shop: Shop, contract: Contract): ContractResult =>
  moveContract(world, shop, contract, "fail");

/** subscriptionContractSetNextBillingDate: a note on the contract; no cycle moves (RULES.nextBillingDateMovesNothing). */
export function setNextBillingDate(world: World, shop: Shop, contract: Contract, date: Instant): ContractResult {
  if (isTerminated(contract)) {
    return {
      contract: null,
      userErrors: [{ field: ["contractId"], message: "Subscription contract is terminated.", code: "INVALID" }],
    };
  }
  contract.nextBillingDate = instantOf(ms(date));
  touch(world, contract);
  emit(world, shop, "subscription_contracts/update", contractPayload(contract));
  return { contract, userErrors: [] };
}
