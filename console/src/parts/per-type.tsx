import { useState } from "preact/hooks";
import type { ApiError } from "../api/client.ts";
import { account, api } from "../api/session.ts";
import { w } from "../words/words.ts";
import { Act, errorText, Loaded } from "./parts.tsx";
import { useLive } from "./use-live.ts";

const PLATFORMS = ["mailjet", "sarbacane"] as const;
type Platform = (typeof PLATFORMS)[number];
interface Row {
  readonly url: string;
  readonly backup: string;
  readonly isGrouped: boolean;
}
const EMPTY: Row = { url: "", backup: "", isGrouped: false };

/** A table of types with a URL for each, as both platforms' own pages have it. */
export function PerType() {
  const words = w().add;
  const [platform, setPlatform] = useState<Platform>("mailjet");
  const [rows, setRows] = useState<Readonly<Record<string, Row>>>({});
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [saved, setSaved] = useState(0);
  const types = useLive(
    `event types ${platform} ${account.value}`,
    (signal) => api("GET /v1/event-types", { query: { source: platform }, signal }),
    0,
  );
  const change = (type: string, changed: Partial<Row>) =>
    setRows({ ...rows, [type]: { ...EMPTY, ...rows[type], ...changed } });
  const filled = Object.entries(rows).filter(([, { url }]) => url.trim() !== "");

  /** One after the other, so that a row that is refused keeps its text and its reason. */
  const save = async () => {
    const refused: Record<string, string> = {};
    let count = 0;
    for (const [type, row] of filled) {
      try {
        const main = await create(type, row);
        if (row.backup.trim() !== "") await create(type, { ...row, url: row.backup }, main.id);
        count += 1;
        setRows((before) => ({ ...before, [type]: EMPTY }));
      } catch (error) {
        refused[type] = errorText(error as ApiError);
      }
    }
    setErrors(refused);
    setSaved(count);
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
            <table class="entry">
              <thead>
                <tr>
                  <th scope="col">{words.type}</th>
                  <th scope="col">{words.url}</th>
                  <th scope="col">{words.backup}</th>
                  <th scope="col">{words.version}</th>
                </tr>
              </thead>
              <tbody>
                {data.map(({ type, description }) => (
                  <tr key={type}>
                    <th scope="row" title={description}>
                      {type}
                    </th>
                    <td>
                      <input
                        type="url"
                        aria-label={`${words.url}: ${type}`}
                        placeholder="https://"
                        value={rows[type]?.url ?? ""}
                        onInput={({ currentTarget }) => change(type, { url: currentTarget.value })}
                      />
                      {errors[type] !== undefined && (
                        <small class="wrong" role="alert">
                          {errors[type]}
                        </small>
                      )}
                    </td>
                    <td>
                      <input
                        type="url"
                        aria-label={`${words.backup}: ${type}`}
                        value={rows[type]?.backup ?? ""}
                        onInput={({ currentTarget }) => change(type, { backup: currentTarget.value })}
                      />
                    </td>
                    <td>
                      <input
                        type="checkbox"
                        title={words.versionHint}
                        aria-label={`${words.version}: ${type}`}
                        checked={rows[type]?.isGrouped ?? false}
                        onChange={({ currentTarget }) => change(type, { isGrouped: currentTarget.checked })}
                      />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
      {saved > 0 && (
        <p class="note good" role="status">
          {words.savedMany(saved)} <a href="/console">{w().home}</a>
        </p>
      )}
      <Act class="main" disabled={filled.length === 0} run={save} onError={() => undefined}>
        {words.save}
      </Act>
    </>
  );
}
