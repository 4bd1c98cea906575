/** The formats of a request's body. None of them re-serialises the payload's JSON. */
export const FORMATS = ["standard", "raw", "mailjet", "sarbacane", "cloudevents"] as const;
export type Format = (typeof FORMATS)[number];
export const ENCODINGS = ["json", "xml"] as const;
export type Encoding = (typeof ENCODINGS)[number];
/** The formats that have an XML form. `raw` is the producer's own JSON, and no CloudEvents SDK reads XML. */
export const XML_FORMATS: readonly Format[] = ["standard", "mailjet", "sarbacane"];

/** The fields of an event that formats use. */
export interface FormattedEvent {
  readonly id: string;
  readonly account: string;
  readonly type: string;
  readonly source: string;
  /** Epoch ms. */
  readonly occurredAt: number;
  /** JSON in UTF-8, exactly the producer's bytes. */
  readonly payload: Uint8Array;
}
