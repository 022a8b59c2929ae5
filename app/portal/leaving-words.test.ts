import { expect, test } from "vitest";

import { expectSameTexts } from "../../tests/texts";
import en from "./locales/leaving.en.json";
import nb from "./locales/leaving.nb.json";
import publicDe from "./public/locales/de.json";
import publicEn from "./public/locales/en.json";
import publicNb from "./public/locales/nb.json";

test("leaving is spoken of alike in both languages", () => {
  expectSameTexts(en, nb);
});

test("the public pages say the same in all three languages", () => {
  expectSameTexts(publicEn, publicNb);
  expectSameTexts(publicEn, publicDe);
});

test("the buttons bear the words of the law", () => {
  // § 312k (2) BGB; § 356a BGB as of 19 June 2026 (EU 2023/2673, Art. 11a: "withdraw from contract here", "confirm withdrawal").
  expect([publicDe.TERMINATION.link, publicDe.TERMINATION.submit]).toEqual([
    "Verträge hier kündigen",
    "jetzt kündigen",
  ]);
  expect([publicDe.WITHDRAWAL.submit, publicDe.WITHDRAWAL.confirm]).toEqual([
    "Vertrag widerrufen",
    "Widerruf bestätigen",
  ]);
  expect([publicEn.WITHDRAWAL.link, publicEn.WITHDRAWAL.confirm]).toEqual([
    "Withdraw from contract here",
    "Confirm withdrawal",
  ]);
});
