import { isEnding, queuedWish } from "~/contracts/edit";
import type { QueuedWish } from "~/contracts/edit";

import type { Subject, SubjectRow } from "./subject";

/** What waits for the renewal that is being charged, said shortly. */
export function editText(subject: Subject, edits: unknown): string {
  const { words } = subject;
  const read = queuedWish.safeParse(edits);
  const texts = read.success ? read.data.map((edit) => one(subject, edit)) : [];
  return texts.length > 0 ? texts.join(" ") : words.t("queued.other");
}

/** Whether its end waits. */
export const isToEnd = ({ queuedEdits }: Pick<SubjectRow, "queuedEdits">): boolean =>
  queuedEdits.some(({ edits }) => {
    const read = queuedWish.safeParse(edits);
    return read.success && isEnding(read.data);
  });

function one({ words: { t }, row }: Subject, edit: QueuedWish[number]): string {
  const title = "lineId" in edit ? row.lines.find(({ id }) => id === edit.lineId)?.title : undefined;
  switch (edit.kind) {
    case "QUANTITY":
      return title ? t("queued.quantity", { title, quantity: edit.quantity }) : t("queued.other");
    case "VARIANT":
      return title ? t("queued.swap", { title }) : t("queued.other");
    case "REMOVE_LINE":
      return title ? t("queued.remove-line", { title }) : t("queued.other");
    case "ATTRIBUTES":
      return title ? t("queued.preferences", { title }) : t("queued.other");
    case "ADD_LINE":
      return t("queued.add-line");
    case "FREQUENCY":
      return t("queued.frequency");
    case "ADDRESS":
      return t("queued.address");
    case "DELIVERY_METHOD":
      return t("queued.delivery-method");
    case "DISCOUNT_CODE":
    case "DISCOUNT":
      return t("queued.discount");
    case "CANCEL":
      return t("queued.cancel");
    case "REMOVE_DISCOUNT":
      return t("queued.remove-discount");
  }
}
