import type { ReactNode } from "react";
import { useText } from "../../../i18n";
import { Button } from "../../../ui/button";
import { Dialog } from "../../../ui/dialog";
import { Form, useSending } from "./form";

/** Ask once more before something that can't be undone. */
export function ConfirmDialog(props: {
  title: string;
  action: string;
  run: () => Promise<void>;
  onClose: () => void;
  children: ReactNode;
}) {
  const { t } = useText();
  const sending = useSending({
    send: async () => {
      await props.run();
      props.onClose();
    },
  });
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <Form
        sending={sending}
        action={props.action}
        danger
        more={<Button onClick={props.onClose}>{t("do.cancel")}</Button>}
      >
        <div>{props.children}</div>
      </Form>
    </Dialog>
  );
}
