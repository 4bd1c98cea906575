import { isUtf8 } from "node:buffer";

/**
 * The offset of the first byte that is not valid UTF-8, or `undefined` if all bytes are valid. RFC 3629: no overlong forms,
 * no surrogates, nothing above U+10FFFF.
 */
export function firstInvalidUtf8(bytes: Uint8Array): number | undefined {
  if (isUtf8(bytes)) return undefined;
  let at = 0;
  while (at < bytes.length) {
    const length = lengthOfChar(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return undefined;
}

/** The first `max` bytes, without the beginning of a character that does not fit. Other bytes that are not UTF-8 stay. */
export function cutAtCharacter(bytes: Uint8Array, max: number): Uint8Array {
  if (bytes.length <= max) return bytes;
  let start = max;
  while (start > max - 3 && start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  const isSplit = start < max && start + lengthOfChar(bytes, start) > max;
  return bytes.subarray(0, isSplit ? start : max);
}

/** The length of the well-formed character at `at`, or 0. The range of the second byte excludes the ill-formed ones. */
function lengthOfChar(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4) return 0;
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i] ?? 0;
    if (byte < (i === 1 ? lowest : 0x80) || byte > (i === 1 ? highest : 0xbf)) return 0;
  }
  return length;
}
