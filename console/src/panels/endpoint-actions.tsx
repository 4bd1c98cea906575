import { useState } from "preact/hooks";
import type { AnswerOf, ApiError } from "../api/client.ts";
import { api, may } from "../api/session.ts";
import { Act, Copy, Field } from "../parts/parts.tsx";
import { w } from "../words/words.ts";

interface Props {
  readonly endpoint: AnswerOf<"GET /v1/endpoints/{id}">;
  readonly refresh: () => void;
  readonly onError: (error: ApiError | undefined) => void;
  readonly onDeleted: () => void;
}
type Panel = "pause" | "resume" | "secret" | "delete" | undefined;

/** What one can do with a URL. An action that asks for more opens a panel below the buttons. */
export function EndpointActions(props: Props) {
  const { endpoint } = props;
  const words = w().endpoint;
  const [panel, setPanel] = useState<Panel>();
  const canResume = endpoint.status === "paused" || endpoint.status === "suspended" || endpoint.status === "failing";
  const toggle = (name: Panel) => ({
    "aria-expanded": panel === name,
    onClick: () => setPanel(panel === name ? undefined : name),
  });
  return (
    <>
      <div class="row">
        {canResume && (
          <button type="button" class="main" {...toggle("resume")}>
            {words.resume}
          </button>
        )}
        {endpoint.status !== "paused" && (
          <button type="button" {...toggle("pause")}>
            {words.pause}
          </button>
        )}
        {may("manage") && (
          <button type="button" {...toggle("secret")}>
            {words.showSecret}
          </button>
        )}
        {endpoint.managedBy === "user" && (
          <button type="button" class="danger" {...toggle("delete")}>
            {words.remove}
          </button>
        )}
      </div>
      {panel === "pause" && <Pause {...props} close={() => setPanel(undefined)} />}
      {panel === "resume" && <Resume {...props} close={() => setPanel(undefined)} />}
      {panel === "secret" && <Secret {...props} />}
      {panel === "delete" && <Remove {...props} close={() => setPanel(undefined)} />}
    </>
  );
}

type PanelProps = Props & { readonly close: () => void };

function Pause({ endpoint: { id }, refresh, onError, close }: PanelProps) {
  const words = w().endpoint;
  const [until, setUntil] = useState("");
  const pause = async () => {
    const body = until === "" ? {} : { until: new Date(until).toISOString() };
    await api("POST /v1/endpoints/{id}/pause", { params: { id }, body });
    refresh();
    close();
  };
  return (
    <div class="panel">
      <p>{words.banner.paused}</p>
      <Field label={words.pauseUntil}>
        <input type="datetime-local" value={until} onInput={({ currentTarget }) => setUntil(currentTarget.value)} />
      </Field>
      <Act class="main" run={pause} onError={onError}>
        {words.pause}
      </Act>
    </div>
  );
}

function Resume({ endpoint: { id }, refresh, onError, close }: PanelProps) {
  const words = w().endpoint;
  const [since, setSince] = useState("");
  const resume = async (backlog: "deliver" | "skip" | { since: string }) => {
    await api("POST /v1/endpoints/{id}/resume", { params: { id }, body: { backlog } });
    refresh();
    close();
  };
  return (
    <div class="panel">
      <Act class="main" run={() => resume("deliver")} onError={onError}>
        {words.resumeAll}
      </Act>
      <div class="row">
        <Act run={() => resume({ since: new Date(since).toISOString() })} onError={onError} disabled={since === ""}>
          {words.resumeSince}
        </Act>
        <label>
          <span class="hidden">{words.resumeSince}</span>
          <input type="datetime-local" value={since} onInput={({ currentTarget }) => setSince(currentTarget.value)} />
        </label>
      </div>
      <div class="row">
        <Act class="danger" run={() => resume("skip")} onError={onError}>
          {words.resumeSkip}
        </Act>
        <small class="quiet">{words.confirmSkip}</small>
      </div>
    </div>
  );
}

function Secret({ endpoint: { id }, onError }: Props) {
  const words = w().endpoint;
  const [secret, setSecret] = useState<string>();
  return (
    <div class="panel">
      {secret === undefined ? (
        <Act
          run={async () => setSecret((await api("GET /v1/endpoints/{id}/secret", { params: { id } })).secret)}
          onError={onError}
        >
          {words.showSecret}
        </Act>
      ) : (
        <p class="row">
          <code>{secret}</code>
          <Copy text={secret} label={w().add.copy} />
        </p>
      )}
      <p>{words.rotateText}</p>
      <Act
        run={async () =>
          setSecret((await api("POST /v1/endpoints/{id}/secret/rotate", { params: { id }, body: {} })).secret)
        }
        onError={onError}
      >
        {words.rotate}
      </Act>
    </div>
  );
}

function Remove({ endpoint: { id, url }, onError, onDeleted, close }: PanelProps) {
  const words = w().endpoint;
  return (
    <div class="panel">
      <p>
        <strong class="url">{url}</strong>
      </p>
      <p>{words.removeText}</p>
      <div class="row">
        <Act
          class="danger"
          run={async () => {
            await api("DELETE /v1/endpoints/{id}", { params: { id } });
            onDeleted();
          }}
          onError={onError}
        >
          {words.removeConfirm}
        </Act>
        <button type="button" onClick={close}>
          {words.cancel}
        </button>
      </div>
    </div>
  );
}
