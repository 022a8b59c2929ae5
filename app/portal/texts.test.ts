import { it } from "vitest";

import { expectSameTexts } from "../../tests/texts";
import en from "./locales/sentences.en.json";
import nb from "./locales/sentences.nb.json";

it("says everything in both languages", () => {
  expectSameTexts(en, nb);
});
