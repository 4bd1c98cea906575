import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { ApiError } from "../api/client.ts";

export interface Live<T> {
  readonly data: T | undefined;
  /** Of the last read; `data` is then older. */
  readonly error: ApiError | undefined;
  readonly refresh: () => void;
}

/**
 * Reads data, and reads it again every few seconds while the page is visible. What is shown stays until new data is there,
 * so that neither place nor focus is lost.
 * @param key changes when other data is wanted @param everyMs 0: once
 */
export function useLive<T>(key: string, read: (signal: AbortSignal) => Promise<T>, everyMs = 3_000): Live<T> {
  const [state, setState] = useState<{ key: string; data?: T; error?: ApiError }>({ key });
  const latest = useRef(read);
  latest.current = read;
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const again = () => {
      if (everyMs > 0 && !stop.signal.aborted) timer = setTimeout(load, everyMs);
    };
    const load = () => {
      if (document.visibilityState !== "visible") return again();
      latest.current(stop.signal).then(
        (data) => {
          if (stop.signal.aborted) return;
          setState({ key, data });
          again();
        },
        (error: unknown) => {
          if (stop.signal.aborted) return;
          const shown =
            error instanceof ApiError ? error : new ApiError({ status: 0, code: "UNKNOWN", detail: String(error) });
          setState((before) => (before.key === key ? { ...before, error: shown } : { key, error: shown }));
          again();
        },
      );
    };
    load();
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [key, everyMs, turn]);

  const refresh = useCallback(() => setTurn((before) => before + 1), []);
  return {
    data: state.key === key ? state.data : undefined,
    error: state.key === key ? state.error : undefined,
    refresh,
  };
}
