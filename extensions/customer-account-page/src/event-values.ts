/** What a field holds after its event; the elements' types don't name their own events' target. */
const held = (event: Event, name: "value" | "values" | "checked"): unknown =>
  event.currentTarget === null ? undefined : Reflect.get(event.currentTarget, name);

export function valueIn(event: Event): string {
  const value = held(event, "value");
  return typeof value === "string" ? value : "";
}

/** The one choice of a list that takes one; empty when there is none. */
export function choiceIn(event: Event): string {
  const values = held(event, "values");
  const first: unknown = Array.isArray(values) ? values[0] : undefined;
  return typeof first === "string" ? first : "";
}

export const isChecked = (event: Event): boolean => held(event, "checked") === true;
