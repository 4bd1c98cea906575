/**
 * For the tests of whoever receives webhooks: a signer, and for those who send them: a receiver that fails, hangs and lies.
 * It needs Node.
 */
export { type Answer, type ReceivedRequest, type Receiver, startReceiver } from "./receiver.ts";
export { newSecret, type Signed, signed, type ToSign } from "./signer.ts";
