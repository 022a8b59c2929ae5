export { dueOf, dueWindow } from "~/schedule/due-of";
export type { DueSettings } from "~/schedule/due-of";
