import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { answer, api, type Schemas, type UserOut } from "../../api/client";
import { eventsQuery } from "../../data/events";
import { rostersQuery } from "../../data/members";
import { useText } from "../../i18n";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { SelectField, TextField } from "../../ui/field";
import { Form, useSending } from "../identity/parts/form";
import { useKeyed } from "../identity/parts/keys";
import { knownPeople } from "./known-people";
import { RoleField, WeightField } from "./member-fields";
import { type GroupOut, type Role, refreshGroup } from "./queries";
import { standingIn } from "./standing";
import { weightOf, writeWeight } from "./weights";

/** Add people to a group, one after the other. */
export function AddMemberDialog({ group, user, onClose }: { group: GroupOut; user: UserOut; onClose: () => void }) {
  const { t, locale } = useText();
  const admin = standingIn(group, user).role === "admin";
  const [name, setName] = useState("");
  const [account, setAccount] = useState("");
  const [role, setRole] = useState<Role>("member");
  const [weight, setWeight] = useState("1");
  const [added, setAdded] = useState<string>();
  const field = useRef<HTMLInputElement>(null);
  const keyed = useKeyed();
  const sending = useSending({
    fields: ["name", "user_id", "role", "weight"],
    check: () => ({
      name: name.trim() === "" ? t("say.required") : undefined,
      weight: weight.trim() === "" ? t("say.required") : undefined,
    }),
    send: async () => {
      const body: Schemas["GroupMemberIn"] = { name, role, weight: weightOf(weight), user_id: account || null };
      const member = await keyed(body, (key) => {
        const params = { path: { group_id: group.id }, header: { "Idempotency-Key": key } };
        return answer(api.POST("/v1/groups/{group_id}/members", { params, body }));
      });
      await refreshGroup(group.id);
      setAdded(member.name);
      setName("");
      setAccount("");
      setRole("member");
      setWeight(writeWeight("1", locale));
      field.current?.focus();
    },
  });
  return (
    <Dialog title={t("groups.add")} onClose={onClose}>
      <Form
        sending={sending}
        action={t("do.add")}
        more={<Button onClick={onClose}>{t(added === undefined ? "do.cancel" : "groups.add.done")}</Button>}
      >
        <p role="status" className={added === undefined ? "sr-only" : "text-quiet"}>
          {added !== undefined && t("groups.added", { name: added })}
        </p>
        {admin && (
          <AccountField
            group={group}
            user={user}
            value={account}
            error={sending.of("user_id")}
            onValue={(chosen, called) => {
              setAccount(chosen);
              if (called !== undefined) setName(called);
            }}
          />
        )}
        <TextField
          ref={field}
          label={t("identity.name")}
          autoComplete="off"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={sending.of("name")}
        />
        {admin && <RoleField value={role} onValue={setRole} error={sending.of("role")} />}
        <WeightField value={weight} onValue={setWeight} error={sending.of("weight")} />
      </Form>
    </Dialog>
  );
}

/** Somebody with an account, of those one shares an event or a group with. */
function AccountField(props: {
  group: GroupOut;
  user: UserOut;
  value: string;
  onValue: (userId: string, name?: string) => void;
  error: string | undefined;
}) {
  const { t } = useText();
  const events = useQuery(eventsQuery).data;
  const groups = useQuery(rostersQuery).data;
  const people = knownPeople([...(groups ?? []), ...(events ?? [])], props.group, props.user);
  if (people.length === 0) return null;
  return (
    <SelectField
      label={t("groups.account_of")}
      hint={t("groups.account_of.hint")}
      value={props.value}
      onChange={(event) => {
        const chosen = event.currentTarget.value;
        props.onValue(chosen, people.find((each) => each.id === chosen)?.name);
      }}
      error={props.error}
    >
      <option value="">{t("groups.account_of.none")}</option>
      {people.map((each) => (
        <option key={each.id} value={each.id}>
          {each.name}
        </option>
      ))}
    </SelectField>
  );
}
