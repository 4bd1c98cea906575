import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { ApiError } from "../api/client.ts";
import { signedOut, signIn } from "../api/session.ts";
import { Field } from "../parts/parts.tsx";
import { problemText } from "../words/problem-text.ts";
import { w } from "../words/words.ts";

export function SignIn() {
  const words = w().signIn;
  const reasons = { ended: words.refused, linkInvalid: words.used, noCookie: words.noCookie, starting: "", never: "" };
  const reason = reasons[signedOut.value];
  const [error, setError] = useState<string>();
  const [isBusy, setBusy] = useState(false);

  const submit = async (event: JSX.TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    // Many copy both at once, as the start of the local service prints them.
    const [id = "", pasted] = String(form.get("id")).trim().split(":");
    setBusy(true);
    setError(undefined);
    try {
      await signIn(id, pasted ?? String(form.get("secret")));
    } catch (failure) {
      const problem = failure as ApiError;
      setError(problem.status === 401 ? words.wrong : problemText(problem));
      setBusy(false);
    }
  };

  return (
    <section class="narrow">
      <h1>{words.title}</h1>
      <p>{words.intro}</p>
      {reason !== "" && (
        <p class="note warn" role="status">
          {reason}
        </p>
      )}
      <form onSubmit={(event) => void submit(event)}>
        <Field label={words.id} hint={`${words.idHint}. ${words.paste}`}>
          <input name="id" required autocomplete="off" spellcheck={false} autofocus />
        </Field>
        <Field label={words.secret} error={error}>
          <input name="secret" type="password" autocomplete="off" />
        </Field>
        <button type="submit" class="main" disabled={isBusy}>
          {words.submit}
        </button>
      </form>
      <p class="quiet">{words.noKey}</p>
    </section>
  );
}
