/** Send what was typed once, keep it where that fails, and lead to what is wrong. */
import { type FormEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import { useText } from "../../../i18n";
import { Button } from "../../../ui/button";
import { explain, explainField } from "./explain";

type Wrong = Readonly<Record<string, string | undefined>>;

interface State {
  pending: boolean;
  error?: unknown;
  wrong?: Wrong;
}

export interface Sending {
  form: RefObject<HTMLFormElement | null>;
  pending: boolean;
  error: unknown;
  /** What is wrong with a field of the form. */
  of: (field: string) => string | undefined;
  /** What is wrong, where no field shows it. */
  trouble: string | undefined;
  submit: (event?: FormEvent) => void;
}

/**
 * Give a form its life: `check` says what is wrong before anything is sent, `fields` are the names under which the API
 * knows what is shown.
 */
export function useSending(options: {
  send: () => Promise<void>;
  check?: () => Wrong;
  fields?: readonly string[];
}): Sending {
  const text = useText();
  const form = useRef<HTMLFormElement>(null);
  const [state, setState] = useState<State>({ pending: false });
  useEffect(() => {
    if (!state.pending && (state.error !== undefined || state.wrong !== undefined)) focusTrouble(form.current);
  }, [state]);

  function of(field: string): string | undefined {
    return state.wrong?.[field] ?? explainField(state.error, field, text);
  }

  async function run(): Promise<void> {
    const wrong = options.check?.() ?? {};
    if (Object.values(wrong).some((each) => each !== undefined)) {
      setState({ pending: false, wrong });
      return;
    }
    setState({ pending: true });
    try {
      await options.send();
      setState({ pending: false });
    } catch (error) {
      setState({ pending: false, error });
    }
  }

  const shown = options.fields?.some((field) => of(field) !== undefined) ?? false;
  return {
    form,
    pending: state.pending,
    error: state.error,
    of,
    trouble: state.error === undefined || shown ? undefined : explain(state.error, text),
    submit: (event) => {
      event?.preventDefault();
      if (!state.pending) void run();
    },
  };
}

function focusTrouble(form: HTMLFormElement | null): void {
  form?.querySelector<HTMLElement>('[aria-invalid="true"], [data-invalid] input, [role="alert"][tabindex]')?.focus();
}

/** What went wrong, said at once and found by whoever looks for it. */
export function Trouble({ children }: { children: ReactNode }) {
  return (
    <div role="alert" tabIndex={-1} className="rounded-card bg-warn-tint px-4 py-3 text-warn">
      {children}
    </div>
  );
}

export function Form(props: {
  sending: Sending;
  action: string;
  children?: ReactNode;
  /** Beside the button that sends. */
  more?: ReactNode;
  danger?: boolean;
  full?: boolean;
}) {
  const { sending } = props;
  return (
    <form ref={sending.form} noValidate onSubmit={sending.submit} className="grid gap-4" aria-busy={sending.pending}>
      {props.children}
      {sending.trouble !== undefined && <Trouble>{sending.trouble}</Trouble>}
      <div className="flex flex-wrap gap-2">
        <Button
          type="submit"
          look={props.danger ? "danger" : "primary"}
          disabled={sending.pending}
          className={props.full ? "grow" : ""}
        >
          {props.action}
        </Button>
        {props.more}
      </div>
    </form>
  );
}
