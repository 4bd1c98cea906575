import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { AnswerOf, ApiError } from "../api/client.ts";
import { account, api, may, who } from "../api/session.ts";
import { Act, Copy, Field, Loaded, ProblemNote } from "../parts/parts.tsx";
import { absolute, Time } from "../parts/time.tsx";
import { useLive } from "../parts/use-live.ts";
import { w } from "../words/words.ts";

/** Keys, the account's own copy of its data, and who changed what. */
export function Account() {
  const words = w().account;
  return (
    <section>
      <h1>{words.title}</h1>
      <p class="quiet">
        {words.you} <code>{who.value?.key.id}</code> {who.value?.key.name}
      </p>
      {may("read") ? (
        <>
          <Keys />
          <Export />
          <Activity />
        </>
      ) : (
        <p class="note">{words.noRead}</p>
      )}
    </section>
  );
}

const SCOPES = ["send", "manage", "manage:endpoints", "read", "read:status"] as const;
type Scope = (typeof SCOPES)[number];

function Keys() {
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

/** The account's data as a file: its parts are read one after the other and joined in the browser. */
function Export() {
  const words = w().account;
  const [bytes, setBytes] = useState<number>();
  const [error, setError] = useState<ApiError>();
  const save = async () => {
    const parts: string[] = [];
    let cursor: string | undefined;
    do {
      const part = await api.part("GET /v1/export", cursor);
      parts.push(part.text);
      cursor = part.next;
      setBytes(parts.reduce((sum, each) => sum + each.length, 0));
    } while (cursor !== undefined);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(parts, { type: "application/json" }));
    link.download = `${account.value}.json`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <>
      <h2>{words.export}</h2>
      <p>{words.exportText}</p>
      <Act run={save} onError={setError}>
        {words.download}
      </Act>
      {bytes !== undefined && <p role="status">{words.read(Math.ceil(bytes / 1024))}</p>}
      {error && <ProblemNote error={error} />}
    </>
  );
}

function Activity() {
  const words = w().account;
  const live = useLive(
    `activity ${account.value}`,
    (signal) => api("GET /v1/activity", { query: { limit: 50 }, signal }),
    30_000,
  );
  return (
    <>
      <h2>{words.activity}</h2>
      <Loaded live={live}>
        {({ data }) =>
          data.length === 0 ? (
            <p class="quiet">{words.noActivity}</p>
          ) : (
            <div class="scroll">
              <table>
                <thead>
                  <tr>
                    <th scope="col">{words.when}</th>
                    <th scope="col">{words.what}</th>
                    <th scope="col">{words.who}</th>
                  </tr>
                </thead>
                <tbody>
                  {data.map((entry) => (
                    <tr key={entry.id}>
                      <td>{absolute(entry.at)}</td>
                      <td>
                        {words.actions[entry.action]}{" "}
                        {entry.endpointId !== null && (
                          <a href={`/console/webhooks/${entry.endpointId}`}>
                            <code>{entry.endpointId}</code>
                          </a>
                        )}{" "}
                        {entry.subject !== null && <code>{entry.subject}</code>}
                        {entry.fields.length > 0 && <span class="quiet"> {entry.fields.join(", ")}</span>}
                      </td>
                      <td>
                        <code>{entry.keyId ?? words.commandLine}</code>
                        {entry.isOperator && ` (${words.operator})`}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Loaded>
    </>
  );
}
