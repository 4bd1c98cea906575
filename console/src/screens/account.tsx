import { useState } from "preact/hooks";
import type { AnswerOf, ApiError } from "../api/client.ts";
import { account, api, may, who } from "../api/session.ts";
import { Keys } from "../panels/keys.tsx";
import { Act, Copy, Loaded, ProblemNote } from "../parts/parts.tsx";
import { absolute } from "../parts/time.tsx";
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
      {may("manage") && <Links />}
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

/** A link that signs somebody in to this account, once: for the account's own people, who have no key. */
function Links() {
  const words = w().account;
  const [link, setLink] = useState<AnswerOf<"POST /v1/accounts/{account}/portal-links">>();
  const [error, setError] = useState<ApiError>();
  return (
    <>
      <h2>{words.links}</h2>
      <p>{words.linksText}</p>
      <Act
        onError={setError}
        run={async () => {
          const params = { account: account.value ?? "" };
          setLink(await api("POST /v1/accounts/{account}/portal-links", { params, body: {} }));
        }}
      >
        {words.newLink}
      </Act>
      {link && (
        <div class="note good" role="status">
          <p class="row">
            <code>{link.url}</code>
            <Copy text={link.url} label={w().add.copy} />
          </p>
          <p class="quiet">
            {words.until} {absolute(link.expiresAt)}
          </p>
        </div>
      )}
      {error && <ProblemNote error={error} />}
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
      const part = await api.text("GET /v1/export", { query: { cursor } });
      parts.push(part.text);
      cursor = part.headers.get("rappel-next-cursor") ?? undefined;
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
                      <td class="when">{absolute(entry.at)}</td>
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
                      <td class="when">
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
