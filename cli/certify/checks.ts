import { newSecret, signed } from "../../client/testing/index.ts";
import type { Answered, Probe, Sample } from "./probe.ts";

/** `fail`: deliveries would be lost, doubled, forged or retried without end. `warn`: it works, with a risk. */
export type Verdict = "pass" | "fail" | "warn" | "skip";

export interface Finding {
  readonly verdict: Verdict;
  /** What was seen, and what to do. */
  readonly detail: string;
}

export interface Check {
  readonly id: string;
  /** What a receiver should do. */
  readonly title: string;
  readonly run: (probe: Probe, options: CheckOptions) => Promise<Finding>;
}

interface CheckOptions {
  /** Bytes of the large body. */
  readonly maxBytes: number;
  /** Webhooks at the same time. */
  readonly atOnce: number;
  /** A URL that answers with the number of webhooks that were processed, if there is one. */
  readonly countUrl?: string | undefined;
}

const SLOW_MS = 5_000;
const COUNT_MS = 10_000;
/** Statuses that say that a webhook was looked at and refused. */
const REFUSALS: readonly number[] = [400, 401, 403, 422];
const MINUTE_MS = 60_000;

const isOk = ({ status }: Answered) => status !== null && status >= 200 && status < 300;
const what = ({ status, reason, ms }: Answered) =>
  status === null ? `got no response (${reason})` : `answered ${status} in ${ms} ms`;

/** A check that a webhook is accepted. */
function accepts(sample: (probe: Probe, options: CheckOptions) => Sample, advice: string): Check["run"] {
  return async (probe, options) => {
    const answered = await probe.send(sample(probe, options));
    return isOk(answered)
      ? { verdict: "pass", detail: `it ${what(answered)}` }
      : { verdict: "fail", detail: `it ${what(answered)}. ${advice}` };
  };
}

/** A check that a webhook is refused. */
function refuses(sample: (probe: Probe) => Sample, advice: string): Check["run"] {
  return async (probe) => {
    const answered = await probe.send(sample(probe));
    if (answered.status === null) return { verdict: "warn", detail: `it ${what(answered)}: answer 400 or 401` };
    if (isOk(answered)) return { verdict: "fail", detail: `it ${what(answered)}. ${advice}` };
    return REFUSALS.includes(answered.status)
      ? { verdict: "pass", detail: `it ${what(answered)}` }
      : {
          verdict: "warn",
          detail: `it ${what(answered)}: whether it looked at the signature cannot be seen. Answer 400 or 401`,
        };
  };
}

/** In their order: what comes later is worth little if the first one fails. */
export const CHECKS: readonly Check[] = [
  {
    id: "accepts",
    title: "accepts a signed webhook",
    async run(probe) {
      const answered = await probe.send();
      const { status, location } = answered;
      if (status !== null && status >= 300 && status < 400)
        return {
          verdict: "fail",
          detail: `it ${what(answered)}${location === undefined ? "" : ` to ${location}`}. Rappel follows no redirects: register the final URL`,
        };
      if (status === 410)
        return { verdict: "fail", detail: "it answered 410. Rappel suspends an endpoint that answers 410 Gone" };
      if (!isOk(answered))
        return {
          verdict: "fail",
          detail: `it ${what(answered)}. Answer 2xx once the webhook is stored; check the secret`,
        };
      if (answered.ms > SLOW_MS)
        return { verdict: "warn", detail: `it ${what(answered)}. Store it, answer, and work on it afterwards` };
      return { verdict: "pass", detail: `it ${what(answered)}` };
    },
  },
  {
    id: "exact-bytes",
    title: "verifies the bytes that arrived, not JSON that it wrote again",
    run: accepts(
      () => ({
        body: '{ "type":"certify.bytes",  "data":{"id":19421777396190491,"price":1.10,"text":"caf\u00e9 \\u2028 \\/"}}\n',
      }),
      "Verify the signature over the raw body, before it is parsed",
    ),
  },
  {
    id: "no-signature",
    title: "refuses a webhook without a signature",
    run: refuses(
      () => ({ headers: { "webhook-signature": undefined } }),
      "Anybody could send it events: verify the signature",
    ),
  },
  {
    id: "wrong-signature",
    title: "refuses a signature by another secret",
    run: refuses((probe) => {
      const [id, body, at] = [probe.newId(), probe.bodyOf({ forged: true }), new Date()];
      return { id, body, at, headers: signed({ body, id, at, secret: newSecret() }).headers };
    }, "Anybody could send it events: compare the signature"),
  },
  {
    id: "changed-body",
    title: "refuses a body that was changed after it was signed",
    run: refuses((probe) => {
      const [id, at] = [probe.newId(), new Date()];
      const { headers } = signed({ body: probe.bodyOf({ amount: 1 }), id, at, secret: probe.secret });
      return { id, at, body: probe.bodyOf({ amount: 1_000 }), headers };
    }, "The signature must cover the body"),
  },
  {
    id: "old",
    title: "refuses a webhook that is an hour old",
    run: refuses(
      () => ({ at: new Date(Date.now() - 60 * MINUTE_MS) }),
      "A recorded webhook could be sent again: refuse timestamps that are more than five minutes old",
    ),
  },
  {
    id: "future",
    title: "refuses a webhook from an hour ahead",
    run: refuses(
      () => ({ at: new Date(Date.now() + 60 * MINUTE_MS) }),
      "Refuse timestamps that are more than five minutes ahead",
    ),
  },
  {
    id: "clock-skew",
    title: "accepts a clock that is a minute late",
    run: accepts(() => ({ at: new Date(Date.now() - MINUTE_MS) }), "Clocks differ: allow five minutes"),
  },
  {
    id: "rotation",
    title: "accepts one right signature among two, as during a rotation of the secret",
    run: accepts((probe) => {
      const [id, body, at] = [probe.newId(), probe.bodyOf({ rotated: true }), new Date()];
      const by = (secret: string) => signed({ id, body, at, secret }).headers["webhook-signature"];
      return { id, body, at, headers: { "webhook-signature": `${by(newSecret())} ${by(probe.secret)}` } };
    }, "The header has several signatures, separated by spaces: one that matches is enough"),
  },
  {
    id: "unknown-type",
    title: "accepts an event type that it does not know",
    run: accepts(
      (probe) => ({ body: probe.bodyOf({}, "certify.unknown_type") }),
      "Answer 2xx and ignore it: other answers are retried",
    ),
  },
  { id: "duplicate", title: "accepts a webhook that it has already processed, and processes it once", run: duplicate },
  {
    id: "large",
    title: "accepts a large body",
    run: accepts(
      (probe, { maxBytes }) => ({ body: probe.bodyOf({ text: "x".repeat(maxBytes - 200) }) }),
      "Raise the limit of the web server or the framework, or check a smaller size with --max-bytes",
    ),
  },
  { id: "concurrent", title: "answers many webhooks at the same time", run: concurrent },
];

async function duplicate(probe: Probe, { countUrl }: CheckOptions): Promise<Finding> {
  const [id, body] = [probe.newId(), probe.bodyOf({ twice: true })];
  const before = await countAt(countUrl);
  const answers = [await probe.send({ id, body }), await probe.send({ id, body })];
  const refused = answers.find((each) => !isOk(each));
  if (refused !== undefined)
    return {
      verdict: "fail",
      detail: `it ${what(refused)}. Answer 2xx for an id that is known: other answers are retried`,
    };
  const after = await countAt(countUrl);
  if (before === undefined || after === undefined)
    return {
      verdict: "skip",
      detail: "it answered 2xx to both. Whether it processed one can be seen with --count-url",
    };
  return after - before === 1
    ? { verdict: "pass", detail: "it answered 2xx to both, and processed one" }
    : { verdict: "fail", detail: `it processed ${after - before}. Keep the ids in webhook-id, and drop what is known` };
}

async function countAt(url: string | undefined): Promise<number | undefined> {
  if (url === undefined) return undefined;
  const count = Number((await (await fetch(url, { signal: AbortSignal.timeout(COUNT_MS) })).text()).trim());
  if (!Number.isInteger(count)) throw new Error(`--count-url ${url}: need a response that is a whole number`);
  return count;
}

async function concurrent(probe: Probe, { atOnce }: CheckOptions): Promise<Finding> {
  const answers = await Promise.all(
    Array.from({ length: atOnce }, (_, n) => probe.send({ body: probe.bodyOf({ n }) })),
  );
  const failed = answers.filter((each) => !isOk(each));
  const [first] = failed;
  const slowest = Math.max(...answers.map(({ ms }) => ms));
  if (first !== undefined)
    return {
      verdict: "fail",
      detail: `${failed.length} of ${atOnce} were not accepted: it ${what(first)}. Store webhooks in a queue and answer at once`,
    };
  return slowest > SLOW_MS
    ? {
        verdict: "warn",
        detail: `all were accepted, the slowest in ${slowest} ms. Store it, answer, and work on it afterwards`,
      }
    : { verdict: "pass", detail: `all ${atOnce} were accepted, the slowest in ${slowest} ms` };
}
