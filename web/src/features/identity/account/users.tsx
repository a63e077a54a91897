import { useEffect, useState } from "react";
import { answer, api, type UserOut } from "../../../api/client";
import { queries } from "../../../data/query";
import { type Key, useText } from "../../../i18n";
import { TextField } from "../../../ui/field";
import { Badge, PagedList, Row } from "../parts/paged";
import { RowAction } from "../parts/row-action";
import { Section } from "../parts/section";

const KEY = "users";
const STILL_FOR_MS = 300;

/** Everybody with an account here; who is an admin is the owner's to say. */
export function Users({ user }: { user: UserOut }) {
  const { t, date } = useText();
  const [typed, setTyped] = useState("");
  const [search, setSearch] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSearch(typed.trim()), STILL_FOR_MS);
    return () => clearTimeout(timer);
  }, [typed]);

  async function change(one: UserOut, role: "admin" | "user"): Promise<void> {
    await answer(api.PATCH("/v1/users/{user_id}", { params: { path: { user_id: one.id } }, body: { role } }));
    await queries.invalidateQueries({ queryKey: [KEY] });
  }

  return (
    <Section title={t("account.users")} lead={t("account.users.what")}>
      <TextField
        label={t("do.search")}
        hint={t("account.users.search.hint")}
        type="search"
        autoComplete="off"
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      <PagedList<UserOut>
        label={t("account.users")}
        of={[KEY, search]}
        ask={(query) => answer(api.GET("/v1/users", { params: { query: { ...query, ...(search && { search }) } } }))}
        empty={t("account.users.none")}
        row={(one) => (
          <Row
            title={one.name}
            badge={one.role !== "user" && <Badge tone="good">{t(`account.role.${one.role}` as Key)}</Badge>}
            action={user.role === "owner" && one.role !== "owner" && <ChangeRole one={one} change={change} />}
          >
            {one.email ?? t("account.users.no_email")} · {t("account.users.since", { day: date(one.created_at) })}
          </Row>
        )}
      />
    </Section>
  );
}

function ChangeRole(props: { one: UserOut; change: (one: UserOut, role: "admin" | "user") => Promise<void> }) {
  const { t } = useText();
  const { one } = props;
  const role = one.role === "admin" ? "user" : "admin";
  const label = t(`account.users.make_${role}` as Key);
  return (
    <RowAction label={`${label}: ${one.name}`} run={() => props.change(one, role)}>
      {label}
    </RowAction>
  );
}
