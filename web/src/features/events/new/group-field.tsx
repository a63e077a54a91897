import { useText } from "../../../i18n";
import { SelectField } from "../../../ui/field";
import type { Roster } from "./roster";

const SHOWN = 30;

/** Take the people of a group along, and see who they are. */
export function GroupField(props: { roster: Roster; userId: string; onChange: (groupId: string | null) => void }) {
  const { t } = useText();
  const { groups, group } = props.roster;
  if (groups.length === 0) return null;
  return (
    <>
      <SelectField
        label={t("newevent.group")}
        value={group?.id ?? ""}
        onChange={(event) => props.onChange(event.target.value === "" ? null : event.target.value)}
      >
        <option value="">{t("newevent.group.none")}</option>
        {groups.map((each) => (
          <option key={each.id} value={each.id}>
            {each.name}
          </option>
        ))}
      </SelectField>
      {group !== undefined && <People people={props.roster.inGroup} userId={props.userId} />}
    </>
  );
}

function People({ people, userId }: { people: Roster["inGroup"]; userId: string }) {
  const { t, count } = useText();
  const rest = people.length - SHOWN;
  return (
    <section className="rounded-card bg-sunken px-4 py-3" aria-label={t("newevent.group.people")}>
      <p className="text-sm text-quiet">{count("newevent.group.count", people.length)}</p>
      <ul className="flex flex-wrap gap-x-3 gap-y-1">
        {people.slice(0, SHOWN).map((each) => (
          <li key={each.member}>
            {each.name}
            {each.user_id === userId && ` (${t("say.you")})`}
          </li>
        ))}
        {rest > 0 && <li className="text-quiet">{count("newevent.group.rest", rest)}</li>}
      </ul>
    </section>
  );
}
