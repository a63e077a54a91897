import { type FormEvent, useState } from "react";
import type { SettlementOut } from "../../api/client";
import { useWrite } from "../../data/members";
import { reverse } from "../../data/settling";
import { useText } from "../../i18n";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { TextArea } from "../../ui/field";
import { Notice } from "../../ui/parts";
import { wording } from "../../ui/wording";
import type { People } from "../balances/people";
import { PaidSentence } from "./paid-sentence";

/** Take a recorded payment back, saying why. */
export function ReverseDialog(props: { people: People; settlement: SettlementOut; onClose: () => void }) {
  const { people, settlement, onClose } = props;
  const text = useText();
  const { t } = text;
  const [reason, setReason] = useState("");
  const [strict, setStrict] = useState(false);
  const reversing = useWrite((why: string, key: string) => reverse(settlement, why, key), onClose);
  function save(submitted: FormEvent) {
    submitted.preventDefault();
    if (reason.trim() === "") setStrict(true);
    else reversing.mutate(reason.trim());
  }
  return (
    <Dialog title={t("settle.reverse.title")} onClose={onClose}>
      <form onSubmit={save} noValidate className="grid gap-4">
        <p>
          <PaidSentence people={people} payment={settlement} />
        </p>
        <p className="text-sm text-quiet">{t("settle.reverse.what")}</p>
        <TextArea
          label={t("settle.reverse.why")}
          data-focus
          maxLength={2000}
          value={reason}
          error={strict && reason.trim() === "" ? t("say.required") : undefined}
          onChange={(typed) => setReason(typed.target.value)}
        />
        {reversing.error !== null && <Notice tone="warn">{wording(reversing.error, text)}</Notice>}
        <div className="flex gap-2">
          <Button type="submit" look="primary" className="grow" disabled={reversing.isPending}>
            {t("settle.reverse")}
          </Button>
          <Button onClick={onClose}>{t("do.cancel")}</Button>
        </div>
      </form>
    </Dialog>
  );
}
