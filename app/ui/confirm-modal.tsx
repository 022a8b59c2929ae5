import { BlockStack, Modal, Text } from "@shopify/polaris";

import { useT } from "./i18n";

interface ConfirmModalProps {
  open: boolean;
  title: string;
  /** What will happen, what is kept, how to undo it: one sentence or two each. */
  paragraphs: string[];
  action: string;
  destructive?: boolean;
  busy: boolean;
  /** The words for changing one's mind; "Cancel" unless that could be read as the action itself. */
  keep?: string;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that has effects, and says exactly which. */
export function ConfirmModal(props: ConfirmModalProps) {
  const t = useT();
  const { open, title, paragraphs, action, destructive = false, busy, keep, onConfirm, onClose } = props;
  return (
    <Modal
      open={open}
      onClose={onClose}
      title={title}
      primaryAction={{ content: action, destructive, loading: busy, onAction: onConfirm }}
      secondaryActions={[{ content: keep ?? t("common.cancel"), disabled: busy, onAction: onClose }]}
    >
      <Modal.Section>
        <BlockStack gap="300">
          {paragraphs.map((paragraph) => (
            <Text as="p" key={paragraph}>
              {paragraph}
            </Text>
          ))}
        </BlockStack>
      </Modal.Section>
    </Modal>
  );
}
