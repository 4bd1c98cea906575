import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { ApiError } from "../api/client.ts";
import { problemText } from "../words/problem-text.ts";
import { w } from "../words/words.ts";

export type StatusName = keyof ReturnType<typeof w>["status"];

/** The shape says the same as the colour and the word. Drawn, because not every font has such characters. */
const CIRCLE = "M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2z";
const TRIANGLE = "M8 2 15 14H1z";
const SQUARE = "M3 3h10v10H3z";
const BARS = "M3 2h4v12H3zM9 2h4v12H9z";
const RING = "M8 2a6 6 0 1 0 0 12A6 6 0 1 0 8 2zM8 4a4 4 0 1 1 0 8A4 4 0 1 1 8 4z";
const CLOCK = `${RING}M7 5h2v3l2 2-1 1-3-3z`;
const SHAPES: Readonly<Record<StatusName, string>> = {
  active: CIRCLE,
  delivered: CIRCLE,
  finished: CIRCLE,
  failing: TRIANGLE,
  failed: TRIANGLE,
  exhausted: TRIANGLE,
  suspended: SQUARE,
  cancelled: SQUARE,
  deleted: SQUARE,
  paused: BARS,
  pending: CLOCK,
  running: CLOCK,
  waiting: CLOCK,
  unmatched: RING,
};

export function Status({ of }: { readonly of: StatusName }) {
  return (
    <span class={`status ${of}`}>
      <svg viewBox="0 0 16 16" class="shape" aria-hidden="true">
        <path fill-rule="evenodd" d={SHAPES[of]} />
      </svg>{" "}
      {w().status[of]}
    </span>
  );
}

export function ProblemNote({ error, retry }: { readonly error: ApiError; readonly retry?: () => void }) {
  return (
    <div class="note bad" role="alert">
      <strong>{w().problem.title}</strong>
      <p>{problemText(error)}</p>
      {retry && (
        <button type="button" onClick={retry}>
          {w().problem.retry}
        </button>
      )}
    </div>
  );
}

/** What is loaded, or why it is not there yet. */
export function Loaded<T>({
  live,
  children,
}: {
  readonly live: { readonly data: T | undefined; readonly error: ApiError | undefined; readonly refresh: () => void };
  readonly children: (data: T) => ComponentChildren;
}) {
  const { data, error, refresh } = live;
  if (data === undefined)
    return error === undefined ? (
      <p class="quiet" aria-busy="true">
        {w().loading}
      </p>
    ) : (
      <ProblemNote error={error} retry={refresh} />
    );
  return (
    <>
      {error !== undefined && (
        <p class="note warn" role="status">
          {w().problem.stale}
        </p>
      )}
      {children(data)}
    </>
  );
}

export function Field({
  label,
  hint,
  error,
  children,
}: {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly children: ComponentChildren;
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children
    <label class="field">
      <span>{label}</span>
      {children}
      {hint !== undefined && <small>{hint}</small>}
      {error !== undefined && (
        <small class="wrong" role="alert">
          {error}
        </small>
      )}
    </label>
  );
}

/** Text with its own scroll bars, which the keyboard reaches. */
export function Code({ label, children }: { readonly label: string; readonly children: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard (WCAG 2.1.1)
    <section class="code" aria-label={label} tabIndex={0}>
      <pre>{children}</pre>
    </section>
  );
}

export function Copy({ text, label }: { readonly text: string; readonly label: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <button type="button" class="small" onClick={() => void copy()}>
      <span aria-live="polite">{isCopied ? w().copied : label}</span>
    </button>
  );
}

/** A button whose action runs in the background: it cannot be pressed twice. */
export function Act({
  run,
  onError,
  children,
  ...rest
}: {
  readonly run: () => Promise<unknown>;
  readonly onError: (error: ApiError | undefined) => void;
  readonly children: ComponentChildren;
} & Omit<JSX.IntrinsicElements["button"], "onClick" | "onError">) {
  const [isBusy, setBusy] = useState(false);
  const press = () => {
    setBusy(true);
    onError(undefined);
    run()
      .catch((error: ApiError) => onError(error))
      .finally(() => setBusy(false));
  };
  return (
    <button type="button" {...rest} disabled={isBusy || rest.disabled === true} aria-busy={isBusy} onClick={press}>
      {children}
    </button>
  );
}
