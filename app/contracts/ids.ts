import { validate } from "uuid";

/** Whether a value from outside can be an id of ours at all: anything else is "not found" without asking the database. */
export const isId = (value: string): boolean => validate(value);
