import type { AnswerOf } from "../api/client.ts";
import { api } from "../api/session.ts";
import { Loaded, Status } from "../parts/parts.tsx";
import { number, Time } from "../parts/time.tsx";
import { useLive } from "../parts/use-live.ts";
import { w } from "../words/words.ts";
import { ShowAccount } from "./choose-account.tsx";
import { progressText } from "./recover.tsx";

type Recovery = AnswerOf<"GET /v1/recoveries">["data"][number];

const EVERY_MS = 10_000;

/** For an operator's key: the recoveries of all accounts that have not ended. */
export function RunningRecoveries() {
  const words = w().operator;
  const live = useLive("running", (signal) => api("GET /v1/recoveries", { query: { limit: 100 }, signal }), EVERY_MS);
  return (
    <Loaded live={live}>
      {({ data, nextCursor }) => (
        <>
          <h2>{words.recoveries(`${number(data.length)}${nextCursor === null ? "" : "+"}`)}</h2>
          {data.length === 0 ? <p class="quiet">{words.noRecoveries}</p> : <Recoveries recoveries={data} />}
        </>
      )}
    </Loaded>
  );
}

function Recoveries({ recoveries }: { readonly recoveries: readonly Recovery[] }) {
  const words = w().operator;
  return (
    <div class="scroll">
      <table class="stacked">
        <thead>
          <tr>
            {[words.account, w().webhooks.status, words.progress, words.since].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {recoveries.map((recovery) => (
            <tr key={recovery.id}>
              <td>
                <ShowAccount name={recovery.account} />
              </td>
              <td>
                <Status of={recovery.status} />
              </td>
              <td>{progressText(recovery)}</td>
              <td>
                <Time at={recovery.createdAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
