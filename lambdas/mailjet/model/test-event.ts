import type { CallbackType } from "./callback.ts";

/** How a receiver recognises a test. `.invalid` never exists (RFC 2606), so the address is no recipient's. */
const EMAIL = "test@rappel.invalid";
const MARK = "rappel.test";
const GUID = "00000000-0000-4000-8000-000000000000";
/** An int64 that a double cannot hold: a receiver that loses its last digits shows it in the test. */
const MESSAGE_ID = "9000000000000000001";

const READER = '"ip":"192.0.2.1","geo":"FR","agent":"Rappel test"'; // 192.0.2.0/24 is for documentation (RFC 5737)
const REFUSAL = '"error_related_to":"recipient","error":"user unknown"';
/** The fields of each type beside the common ones. Mailjet documents none for the types that are missing here. */
const FURTHER: Partial<Record<CallbackType, string>> = {
  sent: `"mj_message_id":"${MESSAGE_ID}","smtp_reply":"250 2.0.0 OK (${MARK})"`,
  open: READER,
  click: `"url":"https://rappel.invalid/test",${READER}`,
  bounce: `"blocked":false,"hard_bounce":false,${REFUSAL},"comment":"${MARK}"`,
  blocked: REFUSAL,
  spam: `"source":"${MARK}"`,
  unsub: `"mj_list_id":0,${READER}`,
};

/**
 * The event that a test of a callback sends, as JSON: all fields of its type, with values that mark it as a test. What
 * Mailjet's own test sends is not documented.
 * @param now epoch ms
 */
export function testEventOf(type: CallbackType, now: number): string {
  const further = FURTHER[type];
  return [
    `{"event":"${type}","time":${Math.floor(now / 1_000)},"MessageID":${MESSAGE_ID},"Message_GUID":"${GUID}"`,
    `"email":"${EMAIL}","mj_campaign_id":0,"mj_contact_id":0,"customcampaign":"${MARK}","CustomID":"${MARK}"`,
    `"Payload":"{\\"test\\":true}"${further === undefined ? "" : `,${further}`}}`,
  ].join(",");
}
