import { useState } from "react";
import { useLocation } from "wouter";
import { answer, api, Refused, type UserOut } from "../../api/client";
import { useText } from "../../i18n";
import type { Currency } from "../../money/currency";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { Form, useSending } from "../identity/parts/form";
import { useKeyed } from "../identity/parts/keys";
import { addNames } from "../members/names";
import { PeopleField, refusalOfNames } from "../members/people-field";
import { CurrencyChoice } from "./currency-choice";
import { type GroupOut, noteGroup, refreshGroup } from "./queries";

export function NewGroupDialog({ user, onClose }: { user: UserOut; onClose: () => void }) {
  const text = useText();
  const { t } = text;
  const [, go] = useLocation();
  const [name, setName] = useState("");
  const [currency, setCurrency] = useState<Currency | null>(null);
  const [people, setPeople] = useState<string[]>([]);
  const [typed, setTyped] = useState("");
  const keyed = useKeyed();
  // Whoever typed a last name and goes on means it too.
  const all = addNames(people, [user.name], typed);
  const sending = useSending({
    fields: ["name", "currency", "members"],
    check: () => ({
      name: name.trim() === "" ? t("say.required") : undefined,
      members: refusalOfNames(all, text),
    }),
    send: async () => {
      const body = { name, currency, members: all.people.map((each) => ({ name: each })) };
      const group = await keyed(body, (key) =>
        answer(api.POST("/v1/groups", { params: { header: { "Idempotency-Key": key } }, body: filled(body) })),
      );
      noteGroup(group);
      go(`/groups/${group.id}`);
    },
  });
  return (
    <Dialog title={t("groups.new")} onClose={onClose}>
      <Form sending={sending} action={t("groups.create")} more={<Button onClick={onClose}>{t("do.cancel")}</Button>}>
        <TextField
          label={t("groups.name")}
          placeholder={t("groups.name.example")}
          autoComplete="off"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={sending.of("name")}
        />
        <PeopleField
          label={t("groups.people")}
          hint={t("groups.people.hint")}
          people={people}
          others={[user.name]}
          onChange={setPeople}
          typed={typed}
          onTyped={setTyped}
          error={sending.of("members")}
        />
        <CurrencyChoice value={currency} onValue={setCurrency} error={sending.of("currency")} />
      </Form>
    </Dialog>
  );
}

type Body = { name: string; currency: Currency | null; members: { name: string }[] };

/** Role and weight are the server's to choose, whatever the types of its document say. */
function filled(body: Body) {
  return { ...body, members: body.members.map((each) => ({ role: "member" as const, weight: "1", ...each })) };
}

export function EditGroupDialog({ group, onClose }: { group: GroupOut; onClose: () => void }) {
  const { t } = useText();
  const [name, setName] = useState(group.name);
  const [currency, setCurrency] = useState(group.currency as Currency | null);
  const [outrun, setOutrun] = useState(false);
  const sending = useSending({
    fields: ["name", "currency"],
    check: () => ({ name: name.trim() === "" ? t("say.required") : undefined }),
    send: async () => {
      setOutrun(false);
      const params = { path: { group_id: group.id }, header: { "If-Match": `"${group.version}"` } };
      try {
        noteGroup(await answer(api.PATCH("/v1/groups/{group_id}", { params, body: { name, currency } })));
        onClose();
      } catch (error) {
        if (!(error instanceof Refused) || error.code !== "group.version_conflict") throw error;
        await refreshGroup(group.id);
        setOutrun(true);
      }
    },
  });
  return (
    <Dialog title={t("groups.edit")} onClose={onClose}>
      <Form sending={sending} action={t("do.save")} more={<Button onClick={onClose}>{t("do.cancel")}</Button>}>
        <TextField
          label={t("groups.name")}
          autoComplete="off"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={sending.of("name")}
        />
        <CurrencyChoice value={currency} onValue={setCurrency} error={sending.of("currency")} />
        {outrun && (
          <p role="alert" className="rounded-card bg-warn-tint px-4 py-3 text-warn">
            {t("groups.outrun", { name: group.name })}
          </p>
        )}
      </Form>
    </Dialog>
  );
}
