import { Field } from "../parts/parts.tsx";
import { w } from "../words/words.ts";
import { useUrlVerdict } from "./use-url-verdict.ts";

interface Props {
  readonly value: string;
  /** Of the last request. */
  readonly error: string | undefined;
  readonly onInput: (value: string) => void;
}

/** The field for a server's URL. Shortly after it was typed, it says whether the service would send to it. */
export function UrlField({ value, error, onInput }: Props) {
  const words = w().add;
  const verdict = useUrlVerdict(value);
  return (
    <Field
      label={words.url}
      hint={verdict.is === "allowed" ? words.urlAllowed : words.urlHint}
      error={verdict.is === "refused" ? verdict.why : error}
    >
      <input
        type="url"
        required
        value={value}
        placeholder="https://"
        spellcheck={false}
        onInput={({ currentTarget }) => onInput(currentTarget.value)}
      />
    </Field>
  );
}

/** The same in a cell of a table, whose head and row name it. */
export function UrlCell({
  label,
  isDisabled = false,
  ...props
}: Props & { readonly label: string; readonly isDisabled?: boolean }) {
  const verdict = useUrlVerdict(props.value);
  const error = verdict.is === "refused" ? verdict.why : props.error;
  return (
    <>
      <input
        type="url"
        aria-label={label}
        aria-invalid={error !== undefined}
        placeholder="https://"
        spellcheck={false}
        value={props.value}
        disabled={isDisabled}
        onInput={({ currentTarget }) => props.onInput(currentTarget.value)}
      />
      {error !== undefined && (
        <small class="wrong" role="alert">
          {error}
        </small>
      )}
      {verdict.is === "allowed" && error === undefined && <small class="quiet">{w().add.urlAllowed}</small>}
    </>
  );
}
