import "@shopify/ui-extensions/preact";

import { render } from "preact";
import { useEffect, useState } from "preact/hooks";

import { List } from "./list";
import { Subscription } from "./subscription";

export default function page(): void {
  render(<Portal />, document.body);
}

/** "extension:/subscription/<id>", in whichever form the host writes addresses of a page of ours. */
const idIn = (url: string | null): string | null => /subscription\/([0-9a-f-]{36})/.exec(url ?? "")?.[1] ?? null;

function Portal() {
  const [id, setId] = useState(() => idIn(navigation.currentEntry.url));
  useEffect(() => {
    const look = () => setId(idIn(navigation.currentEntry.url));
    navigation.addEventListener("currententrychange", look);
    return () => navigation.removeEventListener("currententrychange", look);
  }, []);
  return id === null ? <List /> : <Subscription key={id} id={id} />;
}
