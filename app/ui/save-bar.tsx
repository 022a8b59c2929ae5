import { useEffect } from "react";

import { setSaveBar } from "./app-bridge";
import { useT } from "./i18n";

interface SaveBarProps {
  id: string;
  /** There are changes that are not saved. */
  open: boolean;
  saving: boolean;
  onSave: () => void;
  onDiscard: () => void;
}

/** Shopify's own bar above the page: it also keeps the merchant from leaving with unsaved changes. */
export function SaveBar({ id, open, saving, onSave, onDiscard }: SaveBarProps) {
  const t = useT();
  useEffect(() => {
    setSaveBar(id, open);
    return () => {
      setSaveBar(id, false);
    };
  }, [id, open]);
  return (
    <ui-save-bar id={id}>
      <button variant="primary" onClick={onSave} disabled={saving} {...(saving ? { loading: "" } : {})}>
        {t("common.save")}
      </button>
      <button onClick={onDiscard} disabled={saving}>
        {t("common.discard")}
      </button>
    </ui-save-bar>
  );
}
