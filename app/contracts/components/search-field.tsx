import { useNavigation } from "@remix-run/react";
import { Icon, TextField } from "@shopify/polaris";
import { SearchIcon } from "@shopify/polaris-icons";
import { useEffect, useState } from "react";

import { useT } from "~/ui/i18n";

/** A pause in typing this long is a search. */
const SEARCH_AFTER_MS = 300;
const CLICKS = ["pointerdown", "click"] as const;

/** Searches while the merchant types; the last search comes from the address. */
export function SearchField({ value, onSearch }: { value: string; onSearch: (search: string) => void }) {
  const t = useT();
  const [typed, setTyped] = useState(value);
  const [searched, setSearched] = useState(value);
  const idle = useNavigation().state === "idle";

  // Another search was come back to (the browser's back button): show it, unless something is being typed.
  if (value !== searched) {
    setSearched(value);
    if (typed === searched) setTyped(value);
  }

  useEffect(() => {
    // A click made while typing is on its way: a search would call it off.
    if (!idle || typed.trim() === searched) return;
    let timer: ReturnType<typeof setTimeout>;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        onSearch(typed.trim());
      }, SEARCH_AFTER_MS);
    };
    wait();
    // A click may lead away, which is known here only when React gets to it: until then the search must not begin.
    for (const event of CLICKS) document.addEventListener(event, wait, { capture: true });
    return () => {
      clearTimeout(timer);
      for (const event of CLICKS) document.removeEventListener(event, wait, { capture: true });
    };
    // onSearch is new at every rendering; a search waits for typing alone.
    // eslint-disable-next-line react-hooks/exhaustive-deps -- see above
  }, [typed, searched, idle]);

  return (
    <TextField
      label={t("contracts.searchLabel")}
      labelHidden
      type="search"
      prefix={<Icon source={SearchIcon} />}
      placeholder={t("contracts.searchPlaceholder")}
      autoComplete="off"
      clearButton
      value={typed}
      onChange={setTyped}
      onClearButtonClick={() => {
        setTyped("");
      }}
    />
  );
}
