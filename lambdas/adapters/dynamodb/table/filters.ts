import type { CodeFilter } from "../../../delivery/model/delivery-query.ts";

/** A condition on items, beyond their keys: DynamoDB reads the others too, but does not return them. */
export interface Filter {
  readonly expression: string;
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A filter that holds if all of these hold; none for an empty list. */
export function allOf(filters: readonly Filter[]): Filter | undefined {
  if (filters.length === 0) return undefined;
  return {
    expression: filters.map(({ expression }) => expression).join(" AND "),
    names: Object.assign({}, ...filters.map(({ names }) => names)),
    values: Object.assign({}, ...filters.map(({ values }) => values)),
  };
}

/** @param type a type, or a prefix of whole segments such as `email.*` */
export function typeFilter(type: string): Filter {
  const names = { "#type": "type" };
  if (type.endsWith(".*"))
    return { expression: "begins_with(#type, :type)", names, values: { ":type": type.slice(0, -1) } };
  return { expression: "#type = :type", names, values: { ":type": type } };
}

export function equals(field: string, value: unknown): Filter {
  return { expression: `#${field} = :${field}`, names: { [`#${field}`]: field }, values: { [`:${field}`]: value } };
}

export function oneOf(field: string, values: readonly unknown[]): Filter {
  const names = values.map((_, n) => `:${field}${n}`);
  return {
    expression: `#${field} IN (${names.join(", ")})`,
    names: { [`#${field}`]: field },
    values: Object.fromEntries(values.map((value, n) => [names[n] ?? "", value])),
  };
}

export function codeFilter(field: string, code: CodeFilter): Filter {
  if ("outcome" in code) return equals(field, code.outcome);
  return {
    expression: `#${field} BETWEEN :codeFrom AND :codeTo`,
    names: { [`#${field}`]: field },
    values: { ":codeFrom": code.from, ":codeTo": code.to },
  };
}

/** The filter, or any item that lacks the field. */
export function orAbsent(field: string, { expression, names, values }: Filter): Filter {
  return {
    expression: `(attribute_not_exists(#${field}) OR ${expression})`,
    names: { ...names, [`#${field}`]: field },
    values,
  };
}
