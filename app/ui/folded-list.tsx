import { Button } from "@shopify/polaris";
import { useState } from "react";
import type { ReactNode } from "react";

import { useT } from "./i18n";

interface FoldedListProps<Item> {
  items: Item[];
  /** Shown at once; the rest after a click. */
  limit: number;
  className: string;
  /** An ordered list tells screen readers that the order means something. */
  ordered?: boolean;
  render: (item: Item) => ReactNode;
}

/** A list that starts short: what is newest is what most visits are about. */
export function FoldedList<Item extends { id: string }>(props: FoldedListProps<Item>) {
  const { items, limit, className, ordered = false, render } = props;
  const t = useT();
  const [open, setOpen] = useState(false);
  const List = ordered ? "ol" : "ul";
  // A button that hides one line is longer than the line.
  const shown = open || items.length <= limit + 1 ? items : items.slice(0, limit);
  return (
    <>
      <List className={className}>
        {shown.map((item) => (
          <li key={item.id}>{render(item)}</li>
        ))}
      </List>
      {shown.length < items.length ? (
        <div>
          <Button
            variant="plain"
            onClick={() => {
              setOpen(true);
            }}
          >
            {t("common.showAll", { count: items.length })}
          </Button>
        </div>
      ) : null}
    </>
  );
}
