/** Forms: what is wrong stands at the field that caused it, by the path that the server says. */
import type { ReactNode } from "react";
import { graphql } from "./gql";
import type { ProblemsFragment } from "./gql/graphql";

graphql(`
  fragment Problems on UserError {
    code
    message
    path
  }
`);

export type Problems = readonly Pick<ProblemsFragment, "code" | "message" | "path">[] | undefined;

/** What is wrong at one place of the input (`lines.0.quantity`); at "" what is not wrong at one place. */
export function Problem({ at, of }: { at: string; of: Problems }) {
  return of
    ?.filter(({ path }) => path.filter((step) => step !== "input").join(".") === at)
    .map(({ code, message }) => (
      <em key={code} data-at={at} data-code={code}>
        {message}
      </em>
    ));
}

interface FieldProps {
  label: string;
  at: string;
  value: string;
  onChange: (value: string) => void;
  problems: Problems;
  type?: string;
}

export function Field({ label, at, value, onChange, problems, type = "text" }: FieldProps) {
  return (
    <label>
      {label}
      <input name={at} type={type} value={value} onChange={(event) => onChange(event.target.value)} />
      <Problem at={at} of={problems} />
    </label>
  );
}

interface ChoiceProps extends FieldProps {
  children: ReactNode;
}

/** The same with options to choose from. */
export function Choice({ label, at, value, onChange, problems, children }: ChoiceProps) {
  return (
    <label>
      {label}
      <select name={at} value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">…</option>
        {children}
      </select>
      <Problem at={at} of={problems} />
    </label>
  );
}
