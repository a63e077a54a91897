import { useState } from "react";
import { answer, api, type Schemas, type UserOut } from "../../api/client";
import { useText } from "../../i18n";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { TextField } from "../../ui/field";
import { Form, Trouble, useSending } from "../identity/parts/form";
import { RoleField, WeightField } from "./member-fields";
import { type GroupMember, type GroupOut, refreshGroup } from "./queries";
import { standingIn } from "./standing";
import { weightOf, writeWeight } from "./weights";

/** Change a member of a group, or remove them; of oneself, who is no admin changes only the name. */
export function MemberDialog(props: { group: GroupOut; user: UserOut; member: GroupMember; onClose: () => void }) {
  const { t, locale } = useText();
  const { group, member, onClose } = props;
  const { role: mine, own } = standingIn(group, props.user);
  const admin = mine === "admin";
  const [name, setName] = useState(member.name);
  const [role, setRole] = useState(member.role);
  const [weight, setWeight] = useState(() => writeWeight(member.weight, locale));
  const params = { path: { group_id: group.id, member: member.member } };
  const sending = useSending({
    fields: admin ? ["name", "role", "weight"] : ["name"],
    check: () => ({
      name: name.trim() === "" ? t("say.required") : undefined,
      weight: weight.trim() === "" ? t("say.required") : undefined,
    }),
    send: async () => {
      const body: Schemas["GroupMemberPatch"] = {
        ...(name === member.name ? {} : { name }),
        ...(role === member.role ? {} : { role }),
        ...(weightOf(weight) === member.weight ? {} : { weight: weightOf(weight) }),
      };
      await answer(api.PATCH("/v1/groups/{group_id}/members/{member}", { params, body }));
      await refreshGroup(group.id);
      onClose();
    },
  });
  return (
    <Dialog title={t("groups.change", { name: member.name })} onClose={onClose}>
      <Form sending={sending} action={t("do.save")} more={<Button onClick={onClose}>{t("do.cancel")}</Button>}>
        <TextField
          label={t("identity.name")}
          autoComplete="off"
          required
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={sending.of("name")}
        />
        {admin && <RoleField value={role} onValue={setRole} error={sending.of("role")} />}
        {admin && <WeightField value={weight} onValue={setWeight} error={sending.of("weight")} />}
      </Form>
      {admin && member !== own && <Remove {...props} />}
    </Dialog>
  );
}

function Remove({ group, member, onClose }: { group: GroupOut; member: GroupMember; onClose: () => void }) {
  const { t } = useText();
  const [asked, setAsked] = useState(false);
  const sending = useSending({
    send: async () => {
      const params = { path: { group_id: group.id, member: member.member } };
      await answer(api.DELETE("/v1/groups/{group_id}/members/{member}", { params }));
      await refreshGroup(group.id);
      onClose();
    },
  });
  return (
    <div className="mt-4 grid gap-3 border-t border-line pt-4">
      {asked && <p>{t("groups.remove.what", { name: member.name })}</p>}
      {sending.trouble !== undefined && <Trouble>{sending.trouble}</Trouble>}
      <Button
        look="danger"
        className="justify-self-start"
        disabled={sending.pending}
        onClick={() => (asked ? sending.submit() : setAsked(true))}
      >
        {t(asked ? "groups.remove.sure" : "groups.remove")}
      </Button>
    </div>
  );
}
