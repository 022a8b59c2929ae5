import type { PortalAction, Problem, Receipt } from "./actions";

/** What an action would do, and how it is done: what is promised and what is carried out are made in one place. */
export interface Plan {
  title: string;
  effect: string[];
  confirmLabel: string;
  consent: string | null;
  /** It may wait for a renewal that is being charged. */
  canQueue?: boolean;
  carryOut(options: { queue: boolean }): Promise<Done | Problem>;
}

export type Done = Pick<Receipt, "title" | "text" | "queued" | "undo">;

export type ActionOf = { [Action in PortalAction as Action["kind"]]: Action };

export const isProblem = (value: object): value is Problem => "ok" in value && value.ok === false;
