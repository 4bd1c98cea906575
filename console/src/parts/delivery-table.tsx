import type { AnswerOf } from "../api/client.ts";
import { w } from "../words/words.ts";
import { Status } from "./parts.tsx";
import { reasonText } from "./reason.ts";
import { Time } from "./time.tsx";

type Row = AnswerOf<"GET /v1/deliveries">["data"][number];

/** @param hasUrls whether the rows are of several webhooks */
export function DeliveryTable({
  rows,
  hasUrls = false,
}: {
  readonly rows: readonly Row[];
  readonly hasUrls?: boolean;
}) {
  const words = w().deliveries;
  return (
    <div class="scroll">
      <table class="deliveries stacked">
        <thead>
          <tr>
            <th scope="col">{words.status}</th>
            <th scope="col">{words.event}</th>
            <th scope="col">{words.result}</th>
            <th scope="col" class="number">
              {words.attempts}
            </th>
            <th scope="col">{words.when}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.eventId} ${row.endpointId}`}>
              <td>
                <Status of={row.status} />
              </td>
              <td>
                <a href={`/console/events/${row.eventId}`}>{row.type}</a>
                {hasUrls && <small class="url under">{row.endpointUrl ?? row.endpointId}</small>}
              </td>
              <td>{reasonText(row)}</td>
              <td class="number" data-label={words.attempts}>
                {row.attempts.length}
              </td>
              <td class="when">
                <Time at={row.acceptedAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
