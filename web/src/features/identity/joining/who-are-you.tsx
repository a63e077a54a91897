import { useId } from "react";
import type { Schemas } from "../../../api/client";
import { useText } from "../../../i18n";
import { PlusIcon } from "../../../ui/icons";
import { Avatar } from "../../../ui/parts";

/** Stands for nobody of those who are there. */
export const SOMEBODY_NEW = "new";

export function WhoAreYou(props: {
  members: Schemas["JoinableOut"][];
  who: string;
  choose: (who: string) => void;
  error: string | undefined;
}) {
  const { t } = useText();
  const id = useId();
  const wrong = props.error !== undefined;
  const choices = [
    ...props.members.map(({ member, name }) => ({ value: String(member), label: name, icon: <Avatar name={name} /> })),
    { value: SOMEBODY_NEW, label: t("join.who.new"), icon: <NewFace /> },
  ];
  return (
    <fieldset
      className="grid gap-2"
      data-invalid={wrong || undefined}
      aria-describedby={wrong ? `${id}-error` : undefined}
    >
      <legend className="mb-2 font-medium">{t("join.who")}</legend>
      {choices.map((choice) => (
        <label
          key={choice.value}
          className="flex min-h-13 items-center gap-3 rounded-xl border border-line px-3 has-checked:border-accent has-checked:bg-tint has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name={id}
            value={choice.value}
            checked={props.who === choice.value}
            onChange={() => props.choose(choice.value)}
            className="size-5 shrink-0 accent-(--accent)"
          />
          {choice.icon}
          <span className="min-w-0">{choice.label}</span>
        </label>
      ))}
      {wrong && (
        <p id={`${id}-error`} role="alert" className="text-sm text-owes">
          {props.error}
        </p>
      )}
    </fieldset>
  );
}

function NewFace() {
  return (
    <span className="grid size-9 shrink-0 place-items-center rounded-full bg-sunken text-quiet">
      <PlusIcon />
    </span>
  );
}
