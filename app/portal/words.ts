import { wordsOf } from "~/lib/words";
import type { TextKey, Words } from "~/lib/words";

import en from "./locales/sentences.en.json";
import nb from "./locales/sentences.nb.json";

/** Every sentence that both homes of the portal say. */
export type PortalTextKey = TextKey<typeof en>;

export type PortalWords = Words<PortalTextKey>;

export const portalWords = wordsOf({ en, nb });
