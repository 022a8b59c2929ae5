import { expect, it } from "vitest";

import { phoneNumber } from "./phone";

it.each([
  ["+47 912 34 567", "+4791234567"],
  ["0047 91 23 45 67", "+4791234567"],
  ["+49 (0)30-901820", "+4930901820"],
  ["+1 (503) 555-0100", "+15035550100"],
])("takes %j for %s", (typed, number) => {
  expect(phoneNumber(typed)).toBe(number);
});

it.each(["912 34 567", "", "+", "+47", "+0123456789", "ring meg", "+47 912 34 567 og litt til"])(
  "does not guess what %j means",
  (typed) => {
    expect(phoneNumber(typed)).toBeNull();
  },
);
