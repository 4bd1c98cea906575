/** Why bytes are not valid JSON, and the offset of the first wrong byte. */
export class JsonError extends Error {
  override readonly name = "JsonError";
  readonly offset: number;
  readonly isTooDeep: boolean;
  constructor(problem: string, offset: number, isTooDeep = false) {
    super(problem);
    this.offset = offset;
    this.isTooDeep = isTooDeep;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MINUS = 0x2d;
const ZERO = 0x30;
const DOT = 0x2e;
const LETTER_U = 0x75;
const ESCAPED = new Set(Buffer.from('"\\/bfnrt'));
const LITERALS = ["true", "false", "null"].map((word) => Buffer.from(word));

const isDigit = (byte: number | undefined) => byte !== undefined && byte >= ZERO && byte <= 0x39;
const isHex = (byte: number | undefined) =>
  isDigit(byte) || (byte !== undefined && (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);

/** The end of the whitespace at `at`: JSON's four characters, and no others. */
export function endOfSpace(bytes: Uint8Array, at: number): number {
  let end = at;
  for (;;) {
    const byte = bytes[end];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return end;
    end++;
  }
}

/** The end of the string that starts at `at`. Escapes are checked, but not resolved. */
export function endOfString(bytes: Uint8Array, at: number): number {
  for (let end = at + 1; end < bytes.length; end++) {
    const byte = bytes[end] ?? 0;
    if (byte === QUOTE) return end + 1;
    if (byte < 0x20) throw new JsonError("a control character in a string must be escaped", end);
    if (byte === BACKSLASH) end = lastOfEscape(bytes, end);
  }
  throw new JsonError("the string that starts here is not terminated", at);
}

function lastOfEscape(bytes: Uint8Array, at: number): number {
  const letter = bytes[at + 1];
  if (letter !== undefined && ESCAPED.has(letter)) return at + 1;
  if (letter === LETTER_U && [2, 3, 4, 5].every((ahead) => isHex(bytes[at + ahead]))) return at + 5;
  throw new JsonError("this is not a JSON escape", at);
}

/** The end of the number, `true`, `false` or `null` at `at`. */
export function endOfScalar(bytes: Uint8Array, at: number): number {
  if (at >= bytes.length) throw new JsonError("a value was expected, but the text ends", at);
  const word = LITERALS.find((literal) => literal.every((byte, i) => bytes[at + i] === byte));
  return word === undefined ? endOfNumber(bytes, at) : at + word.length;
}

function endOfNumber(bytes: Uint8Array, start: number): number {
  let at = bytes[start] === MINUS ? start + 1 : start;
  if (!isDigit(bytes[at])) throw new JsonError("a JSON value was expected", start);
  at = bytes[at] === ZERO ? at + 1 : endOfDigits(bytes, at);
  if (bytes[at] === DOT) at = endOfDigits(bytes, at + 1);
  if (bytes[at] === 0x65 || bytes[at] === 0x45) {
    const signed = bytes[at + 1] === 0x2b || bytes[at + 1] === MINUS;
    at = endOfDigits(bytes, at + (signed ? 2 : 1));
  }
  return at;
}

function endOfDigits(bytes: Uint8Array, start: number): number {
  let at = start;
  while (isDigit(bytes[at])) at++;
  if (at === start) throw new JsonError("a digit was expected", at);
  return at;
}
