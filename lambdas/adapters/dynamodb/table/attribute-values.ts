/** A value as DynamoDB's JSON protocol writes it. */
export type AttributeValue = Readonly<Record<string, unknown>>;
type Fields = Readonly<Record<string, unknown>>;

/** Fields without their undefined values, as DynamoDB's JSON protocol writes them. @throws {TypeError} for other types */
export function toAttributes(fields: Fields): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  for (const name of Object.keys(fields)) {
    const value = fields[name];
    if (value !== undefined) put(attributes, name, toAttribute(value));
  }
  return attributes;
}

function toAttribute(value: unknown): AttributeValue {
  switch (typeof value) {
    case "string":
      return { S: value };
    case "number":
      if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) break;
      return { N: String(value) };
    case "boolean":
      return { BOOL: value };
    case "object":
      return toDocument(value);
    default:
  }
  throw unsupported(value);
}

function toDocument(value: object | null): AttributeValue {
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.filter((item) => item !== undefined).map(toAttribute) };
  if (value instanceof Uint8Array) return { B: base64(value) };
  if (value instanceof Set) return toSet([...value]);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return { M: toAttributes(value as Fields) };
  throw unsupported(value);
}

function toSet(members: readonly unknown[]): AttributeValue {
  if (members.length > 0 && members.every((member) => typeof member === "string")) return { SS: members };
  throw new TypeError("Cannot write a set: need one or more texts");
}

/** The opposite of `toAttributes`. Numbers become JavaScript's. @throws {TypeError} for a type that it does not know */
export function fromAttributes(attributes: Fields): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const name of Object.keys(attributes)) put(fields, name, fromAttribute(attributes[name]));
  return fields;
}

function fromAttribute(attribute: unknown): unknown {
  if (!isFields(attribute)) throw unsupported(attribute);
  const [type = ""] = Object.keys(attribute);
  const value = attribute[type];
  switch (type) {
    case "S":
    case "BOOL":
      return value;
    case "N":
      return Number(value);
    case "NULL":
      return null;
    case "B":
      return new Uint8Array(Buffer.from(String(value), "base64"));
    case "M":
      if (isFields(value)) return fromAttributes(value);
      break;
    case "L":
      if (Array.isArray(value)) return value.map(fromAttribute);
      break;
    case "SS":
      if (Array.isArray(value)) return new Set(value);
      break;
    default:
  }
  throw new TypeError(`Cannot read an attribute of type ${type}`);
}

/** As a field of its own, also with the name `__proto__`, which an assignment would lose. */
function put<T>(fields: Record<string, T>, name: string, value: T): void {
  if (name === "__proto__")
    Object.defineProperty(fields, name, { value, enumerable: true, writable: true, configurable: true });
  else fields[name] = value;
}

function base64({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString("base64");
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function unsupported(value: unknown): TypeError {
  const type = typeof value === "object" && value !== null ? value.constructor?.name : typeof value;
  return new TypeError(`Cannot write a value of type ${type} to the table`);
}
