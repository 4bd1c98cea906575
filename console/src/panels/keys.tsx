import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { AnswerOf, ApiError } from "../api/client.ts";
import { account, api, may, who } from "../api/session.ts";
import { Act, Copy, Field, Loaded, ProblemNote } from "../parts/parts.tsx";
import { Time } from "../parts/time.tsx";
import { useLive } from "../parts/use-live.ts";
import { w } from "../words/words.ts";

const SCOPES = ["send", "manage", "manage:endpoints", "read", "read:status"] as const;
type Scope = (typeof SCOPES)[number];

/** The account's keys, and a form for a new one. */
export function Keys() {
  const words = w().account;
  const name = account.value ?? "";
  const [error, setError] = useState<ApiError>();
  const [created, setCreated] = useState<AnswerOf<"POST /v1/accounts/{account}/keys">>();
  const live = useLive(
    `keys ${name}`,
    (signal) => api("GET /v1/accounts/{account}/keys", { params: { account: name }, signal }),
    0,
  );
  const create = async (event: JSX.TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const scopes = SCOPES.filter((scope) => form.getAll("scope").includes(scope));
    try {
      const body = { name: String(form.get("name")), scopes: scopes as [Scope, ...Scope[]] };
      setCreated(await api("POST /v1/accounts/{account}/keys", { params: { account: name }, body }));
      setError(undefined);
      live.refresh();
    } catch (failure) {
      setError(failure as ApiError);
    }
  };
  return (
    <>
      <h2>{words.keys}</h2>
      <Loaded live={live}>
        {({ data }) => (
          <div class="scroll">
            <table>
              <thead>
                <tr>
                  <th scope="col">{words.key}</th>
                  <th scope="col">{words.name}</th>
                  <th scope="col">{words.scopes}</th>
                  <th scope="col">{words.lastUsed}</th>
                  <th scope="col">
                    <span class="hidden">{words.remove}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {data.map((key) => (
                  <tr key={key.id}>
                    <td>
                      <code>{key.id}</code>
                    </td>
                    <td>{key.name}</td>
                    <td>{key.scopes.join(", ")}</td>
                    <td>{key.lastUsedAt === null ? w().endpoint.never : <Time at={key.lastUsedAt} />}</td>
                    <td>
                      {may("manage") && key.id !== who.value?.key.id && (
                        <Act
                          class="small danger"
                          onError={setError}
                          run={async () => {
                            const params = { account: name, id: key.id };
                            await api("DELETE /v1/accounts/{account}/keys/{id}", { params });
                            live.refresh();
                          }}
                        >
                          {words.remove}
                        </Act>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      {error && <ProblemNote error={error} />}
      {created && (
        <div class="note good" role="status">
          <p>{words.once}</p>
          <p class="row">
            <code>{`${created.id}:${created.secret}`}</code>
            <Copy text={`${created.id}:${created.secret}`} label={w().add.copy} />
          </p>
        </div>
      )}
      {may("manage") && (
        <details>
          <summary>{words.newKey}</summary>
          <form class="form" onSubmit={(event) => void create(event)}>
            <Field label={words.name}>
              <input name="name" required maxLength={100} />
            </Field>
            <fieldset>
              <legend>{words.scopes}</legend>
              {SCOPES.filter(may).map((scope) => (
                <label key={scope} class="choice">
                  <input type="checkbox" name="scope" value={scope} defaultChecked={scope === "read"} />
                  <span>
                    {scope}
                    <small>{words.scope[scope]}</small>
                  </span>
                </label>
              ))}
            </fieldset>
            <button type="submit" class="main">
              {words.create}
            </button>
          </form>
        </details>
      )}
    </>
  );
}
