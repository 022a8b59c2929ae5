import { test } from "vitest";

import { expectSameTexts } from "../../tests/texts";
import en from "./locales/en.json";
import nb from "./locales/nb.json";

test("the admin's pages say the same in both languages, and leave nothing out", () => {
  expectSameTexts(en, nb);
});
