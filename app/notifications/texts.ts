import { wordsOf } from "~/lib/words";
import type { TextKey, Words as WordsOf } from "~/lib/words";

import en from "./locales/en.json";
import nb from "./locales/nb.json";

/** Every text of the e-mails. */
export type MailTextKey = TextKey<typeof en>;

export type Words = WordsOf<MailTextKey>;

export const wordsIn = wordsOf({ en, nb });
