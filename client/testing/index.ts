/**
 * For tests of code that receives webhooks: a signer. For tests of code that sends them: a receiver that fails, hangs and sends
 * wrong answers.
 * It needs Node.
 */
export { type Answer, type ReceivedRequest, type Receiver, startReceiver } from "./receiver.ts";
export { newSecret, type Signed, signed, type ToSign } from "./signer.ts";
