import { v5, v7 } from "uuid";

/** Where new ids come from. Handed in, so that a simulation can repeat them. */
export interface Ids {
  next(): string;
}

/** Time-ordered UUIDs, so that new rows land together in an index. */
export const randomIds: Ids = { next: () => v7() };

const NAMESPACE = "6f0d6f0e-5a55-4c43-9d6c-0a7b3f5d2c11";

/** The same UUID for the same name, always: used where a retry must find what the first try made. */
export const namedId = (name: string): string => v5(name, NAMESPACE);
