/** How bytes are framed; a format never re-serialises a payload's JSON. */
export const FORMATS = ["standard", "raw", "mailjet", "sarbacane", "cloudevents"] as const;
export type Format = (typeof FORMATS)[number];
export const ENCODINGS = ["json", "xml"] as const;
export type Encoding = (typeof ENCODINGS)[number];
/** What can be written as XML. `raw` is the producer's own JSON; CloudEvents 1.0 has no XML that its SDKs read. */
export const XML_FORMATS: readonly Format[] = ["standard", "mailjet", "sarbacane"];

/** What a body is made of: the part of an event that formats read. */
export interface FormattedEvent {
  readonly id: string;
  readonly account: string;
  readonly type: string;
  readonly source: string;
  /** Epoch ms. */
  readonly occurredAt: number;
  /** JSON in UTF-8, byte for byte as it came. */
  readonly payload: Uint8Array;
}
