import { useState } from "preact/hooks";
import type { AnswerOf, ApiError } from "../api/client.ts";
import { account, api } from "../api/session.ts";
import { Act, Copy, Loaded } from "../parts/parts.tsx";
import { TestResult } from "../parts/test-result.tsx";
import { useLive } from "../parts/use-live.ts";
import { Verification } from "../parts/verification.tsx";
import { problemText } from "../words/problem-text.ts";
import { w } from "../words/words.ts";
import { UrlCell } from "./url-field.tsx";

const PLATFORMS = ["mailjet", "sarbacane"] as const;
type Platform = (typeof PLATFORMS)[number];
type Created = AnswerOf<"POST /v1/endpoints">;
interface Row {
  readonly url: string;
  readonly backup: string;
  readonly isGrouped: boolean;
  /** The endpoint, if it is saved and its backup was refused: it is not saved a second time. */
  readonly saved?: Created | undefined;
  readonly test?: AnswerOf<"POST /v1/endpoints/test"> | undefined;
  readonly error?: { readonly of: "url" | "backup"; readonly text: string } | undefined;
}
const EMPTY: Row = { url: "", backup: "", isGrouped: false };

/** A table of types with a URL for each, as both platforms' own pages have it. */
export function PerType() {
  const words = w().add;
  const [platform, setPlatform] = useState<Platform>("mailjet");
  const [rows, setRows] = useState<Readonly<Record<string, Row>>>({});
  const [saved, setSaved] = useState<readonly Created[]>([]);
  const types = useLive(
    `event types ${platform} ${account.value}`,
    (signal) => api("GET /v1/event-types", { query: { source: platform }, signal }),
    0,
  );
  const change = (type: string, changed: Partial<Row>) =>
    setRows((before) => ({ ...before, [type]: { ...EMPTY, ...before[type], ...changed } }));
  const filled = Object.entries(rows).filter(([, { url }]) => url.trim() !== "");

  /** One after the other, so that a row that is refused keeps its text and its reason. */
  const save = async () => {
    setSaved([]);
    for (const [type, row] of filled) {
      let of: "url" | "backup" = "url";
      try {
        const main = row.saved ?? (await create(type, row));
        change(type, { saved: main });
        of = "backup";
        if (row.backup.trim() !== "") await create(type, { ...row, url: row.backup }, main.id);
        setSaved((before) => [...before, main]);
        setRows((before) => ({ ...before, [type]: EMPTY }));
      } catch (error) {
        change(type, { error: { of, text: problemText(error as ApiError) } });
      }
    }
  };
  const create = (type: string, { url, isGrouped }: Row, backupOf?: string) =>
    api("POST /v1/endpoints", {
      body: {
        url: url.trim(),
        eventTypes: [type],
        preset: platform,
        ...(isGrouped && { group: {} }),
        ...(backupOf !== undefined && { backupOf: [backupOf] }),
      },
    });

  return (
    <>
      <label class="row">
        {words.platform}
        <select
          value={platform}
          onChange={({ currentTarget }) => {
            setPlatform(currentTarget.value as Platform);
            setRows({});
          }}
        >
          {PLATFORMS.map((each) => (
            <option key={each} value={each}>
              {each === "mailjet" ? "Mailjet" : "Sarbacane"}
            </option>
          ))}
        </select>
      </label>
      <Loaded live={types}>
        {({ data }) => (
          <div class="scroll">
            <table class="entry stacked">
              <thead>
                <tr>
                  <th scope="col">{words.type}</th>
                  <th scope="col">{words.url}</th>
                  <th scope="col">{words.backup}</th>
                  <th scope="col">{words.version}</th>
                  <th scope="col">{w().test.title}</th>
                </tr>
              </thead>
              <tbody>
                {data.map(({ type }) => (
                  <TypeRow
                    key={type}
                    type={type}
                    platform={platform}
                    row={rows[type] ?? EMPTY}
                    change={(changed) => change(type, changed)}
                  />
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      <p class="quiet">{words.testFirst}</p>
      <SavedUrls endpoints={saved} />
      <Act class="main" disabled={filled.length === 0} run={save} onError={() => undefined}>
        {words.save}
      </Act>
    </>
  );
}

function TypeRow({
  type,
  platform,
  row,
  change,
}: {
  readonly type: string;
  readonly platform: Platform;
  readonly row: Row;
  readonly change: (changed: Partial<Row>) => void;
}) {
  const words = w().add;
  const { url, backup, isGrouped, saved, test, error } = row;
  const sendTest = async () => {
    const answer = await api("POST /v1/endpoints/test", {
      body: {
        url: url.trim(),
        preset: platform,
        source: platform,
        eventType: type,
        ...(isGrouped && { group: {} }),
      } as never, // the type is one of those that the API lists
    });
    change({ test: answer });
  };
  return (
    <tr>
      <th scope="row" title={w().eventTypes[type as keyof ReturnType<typeof w>["eventTypes"]]}>
        {type}
      </th>
      <td data-label={words.url}>
        <UrlCell
          label={`${words.url}: ${type}`}
          value={url}
          isDisabled={saved !== undefined}
          error={error?.of === "url" ? error.text : undefined}
          onInput={(value) => change({ url: value, test: undefined, error: undefined })}
        />
        {test && <TestResult of={test} />}
      </td>
      <td data-label={words.backup}>
        <UrlCell
          label={`${words.backup}: ${type}`}
          value={backup}
          error={error?.of === "backup" ? error.text : undefined}
          onInput={(value) => change({ backup: value, error: undefined })}
        />
      </td>
      <td data-label={words.version}>
        <input
          type="checkbox"
          title={words.versionHint}
          aria-label={`${words.version}: ${type}`}
          checked={isGrouped}
          onChange={({ currentTarget }) => change({ isGrouped: currentTarget.checked })}
        />
      </td>
      <td>
        <Act
          class="small"
          disabled={url.trim() === ""}
          aria-label={`${w().test.send}: ${type}`}
          run={sendTest}
          onError={(problem) => change({ error: problem && { of: "url", text: problemText(problem) } })}
        >
          {w().test.title}
        </Act>
      </td>
    </tr>
  );
}

/** Each saved URL with its secret, and the code that verifies a signature. */
function SavedUrls({ endpoints }: { readonly endpoints: readonly Created[] }) {
  const words = w().add;
  if (endpoints.length === 0) return null;
  return (
    <div class="note good" role="status">
      <p>
        <strong>{words.savedMany(endpoints.length)}</strong> <a href="/console">{w().home}</a>
      </p>
      <p>{endpoints.some(({ secret }) => secret === undefined) ? words.noSecret : words.secretText}</p>
      {endpoints.map(({ id, url, eventTypes, secret }) => (
        <details key={id}>
          <summary class="url">
            {eventTypes.join(", ")}: {url}
          </summary>
          <a href={`/console/webhooks/${id}`}>{words.open}</a>
          {secret !== undefined && (
            <>
              <p class="row">
                <code>{secret}</code>
                <Copy text={secret} label={words.copy} />
              </p>
              <Verification secret={secret} />
            </>
          )}
        </details>
      ))}
    </div>
  );
}
