import type { PickupPlace } from "~/contracts/reading";

/** "Kaffebønna Grünerløkka", "Thorvald Meyers gate 40", "0552 Oslo" */
export const placeLines = ({ name, address1, address2, zip, city }: PickupPlace): string[] =>
  [name, address1, address2, [zip, city].filter(Boolean).join(" ")].filter((line): line is string => Boolean(line));

export const placeText = (place: PickupPlace): string => placeLines(place).join(", ");
