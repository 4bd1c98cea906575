import type { LocationHook } from "preact-iso";

/** Filters that are in the address, so that a view can be shared and the browser's back button works. */
export function filtersOf<const Name extends string>(
  { query, path, route }: Pick<LocationHook, "query" | "path" | "route">,
  names: readonly Name[],
) {
  const filters: Partial<Record<Name, string>> = {};
  for (const name of names) if (query[name]) filters[name] = query[name];
  return {
    filters,
    /** The place where the page begins; absent on the first one. */
    cursor: query["cursor"],
    isFiltered: Object.keys(filters).length > 0,
    /** Changes filters. A change without `cursor` leads to the first page. */
    go: (changed: Readonly<Record<string, string | undefined>>) => {
      const next = new URLSearchParams();
      for (const [name, value] of Object.entries({ ...filters, ...changed })) if (value) next.set(name, String(value));
      route(next.size === 0 ? path : `${path}?${next}`);
    },
    clear: () => route(path),
  };
}
