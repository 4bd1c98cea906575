import { actFor } from "../api/session.ts";
import { Field } from "../parts/parts.tsx";
import { w } from "../words/words.ts";

/** For an operator's key, which can act for any account. */
export function ChooseAccount() {
  const words = w().signIn;
  return (
    <section>
      <h2>{words.otherAccount}</h2>
      <form
        class="find"
        onSubmit={(event) => {
          event.preventDefault();
          actFor(String(new FormData(event.currentTarget).get("account")).trim() || undefined);
        }}
      >
        <Field label={words.account}>
          <input name="account" required pattern="[A-Za-z0-9_\-]{1,64}" autofocus />
        </Field>
        <button type="submit" class="main">
          {words.show}
        </button>
      </form>
    </section>
  );
}

/** Shows an account as its own users see it. */
export function ShowAccount({ name }: { readonly name: string }) {
  return (
    <button type="button" class="small" onClick={() => actFor(name)}>
      {name}
    </button>
  );
}
