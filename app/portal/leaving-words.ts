import { wordsOf } from "~/lib/words";
import type { TextKey, Words } from "~/lib/words";

import en from "./locales/leaving.en.json";
import nb from "./locales/leaving.nb.json";

/** Every sentence about leaving. */
export type LeavingTextKey = TextKey<typeof en>;

export type LeavingWords = Words<LeavingTextKey>;

export const leavingWords = wordsOf({ en, nb });
