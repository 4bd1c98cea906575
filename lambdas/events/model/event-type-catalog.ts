/** An event type of a platform, with the platform's own sample. */
export interface EventType {
  readonly source: "mailjet" | "sarbacane";
  readonly type: string;
  readonly description: string;
  /** The platform's own JSON object as text, because its long digits would not survive as a number. */
  readonly sample: string;
}

const OF_SARBACANE = "`sendId` differs between the parts of a split campaign.";

/** Sources: Mailjet, "Event API: real-time notifications" and its webhook article; Sarbacane's webhook guide. */
export const EVENT_TYPES: readonly EventType[] = [
  {
    source: "mailjet",
    type: "sent",
    description: "The receiving server accepted the message.",
    sample:
      '{"event":"sent","time":1433333949,"MessageID":19421777835146491,"Message_GUID":"1ab23cd4-e567-8901-2345-6789f0ab1c2d","email":"api@mailjet.com","mj_campaign_id":7257,"mj_contact_id":4,"customcampaign":"","mj_message_id":"19421777835146491","smtp_reply":"sent (250 2.0.0 OK 1433333948 fa5si855896wjc.199 - gsmtp)","CustomID":"helloworld","Payload":""}',
  },
  {
    source: "mailjet",
    type: "open",
    description: "The message was opened: its tracking image was loaded. Each time is a separate event.",
    sample:
      '{"event":"open","time":1433103519,"MessageID":19421777396190491,"email":"api@mailjet.com","mj_campaign_id":7173,"mj_contact_id":320,"customcampaign":"","CustomID":"helloworld","Payload":"","ip":"127.0.0.1","geo":"US","agent":"Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0"}',
  },
  {
    source: "mailjet",
    type: "click",
    description: "A link in the message was clicked: `url`.",
    sample:
      '{"event":"click","time":1433334653,"MessageID":19421777836302489,"email":"api@mailjet.com","mj_campaign_id":7272,"mj_contact_id":4,"customcampaign":"","CustomID":"helloworld","Payload":"","url":"https://mailjet.com","ip":"127.0.0.1","geo":"FR","agent":"Mozilla/5.0 (Macintosh)"}',
  },
  {
    source: "mailjet",
    type: "bounce",
    description:
      "The receiving server rejected the message, permanently if `hard_bounce` is true. `blocked`, `error_related_to` and `error` give the reason.",
    sample:
      '{"event":"bounce","time":1430812195,"MessageID":13792286917004337,"email":"bounce@mailjet.com","mj_campaign_id":0,"mj_contact_id":0,"customcampaign":"","CustomID":"helloworld","Payload":"","blocked":true,"hard_bounce":true,"error_related_to":"recipient","error":"user unknown"}',
  },
  {
    source: "mailjet",
    type: "blocked",
    description:
      "Mailjet did not send the message, to protect its reputation: `error_related_to` and `error` give the reason.",
    sample:
      '{"event":"blocked","time":1430812195,"MessageID":13792286917004337,"email":"bounce@mailjet.com","mj_campaign_id":0,"mj_contact_id":0,"customcampaign":"","CustomID":"helloworld","Payload":"","error_related_to":"recipient","error":"user unknown"}',
  },
  {
    source: "mailjet",
    type: "spam",
    description: "The recipient reported the message as spam; `source` is the feedback loop.",
    sample:
      '{"event":"spam","time":1430812195,"MessageID":13792286917004337,"email":"bounce@mailjet.com","mj_campaign_id":0,"mj_contact_id":0,"customcampaign":"","CustomID":"helloworld","Payload":"","source":"JMRPP"}',
  },
  {
    source: "mailjet",
    type: "unsub",
    description: "The recipient unsubscribed from the list `mj_list_id`.",
    sample:
      '{"event":"unsub","time":1433334941,"MessageID":20547674933128001,"email":"api@mailjet.com","mj_campaign_id":7276,"mj_contact_id":126,"customcampaign":"","CustomID":"helloworld","Payload":"","mj_list_id":1,"ip":"127.0.0.1","geo":"FR","agent":"Mozilla/5.0"}',
  },
  {
    source: "sarbacane",
    type: "delivered",
    description: `The receiving server accepted the message. ${OF_SARBACANE}`,
    sample:
      '{"email":"user@email.com","campaignId":"vdsioBFBFDS15dsBSGSD","sendId":"feizjfsVGVGRS55grgrs444","subject":"Test Déploiement Manager","from":"user@email.com","date":"2016-08-11 T 10:55:56.128Z","type":"delivered","whId":"customer-0042"}',
  },
  {
    source: "sarbacane",
    type: "open",
    description: `The message was opened. Each time is a separate event. ${OF_SARBACANE}`,
    sample:
      '{"email":"user@email.com","campaignId":"vdsioBFBFDS15dsBSGSD","sendId":"feizjfsVGVGRS55grgrs444","subject":"Test Déploiement Manager","from":"user@email.com","operatingSystem":"LINUX","language":"en-US,en;q=0.5","browser":"FIREFOX4 48.0","webmail":"Unknown","date":"2016-08-11 T 12:25:18.889Z","type":"open"}',
  },
  {
    source: "sarbacane",
    type: "click",
    description: `A link in the message was clicked: \`url\`. ${OF_SARBACANE}`,
    sample:
      '{"email":"user@email.com","campaignId":"vdsioBFBFDS15dsBSGSD","sendId":"feizjfsVGVGRS55grgrs444","subject":"Test Déploiement Manager","from":"user@email.com","operatingSystem":"LINUX","language":"en-US,en;q=0.5","browser":"FIREFOX4 48.0","webmail":"Unknown","url":"http://www.google.com","date":"2016-08-11 T 12:25:18.889Z","type":"click"}',
  },
  {
    source: "sarbacane",
    type: "soft_bounce",
    description: `The message could not be delivered this time: \`category\`, \`returnCode\` and \`smtpDescription\` give the reason. ${OF_SARBACANE}`,
    sample:
      '{"email":"user@email.com","campaignId":"vdsioBFBFDS15dsBSGSD","sendId":"feizjfsVGVGRS55grgrs444","subject":"Test Déploiement Manager","from":"user@email.com","smtpDescription":"Read timed out","category":"DEFAULT_SOFTBOUNCE","returnCode":-1,"date":"2016-08-11 T 10:52:31.072Z","type":"soft_bounce"}',
  },
  {
    source: "sarbacane",
    type: "hard_bounce",
    description: `The message can never be delivered to this address: \`category\`, \`returnCode\` and \`smtpDescription\` give the reason. ${OF_SARBACANE}`,
    sample:
      '{"email":"user@email.com","campaignId":"vdsioBFBFDS15dsBSGSD","sendId":"feizjfsVGVGRS55grgrs444","subject":"test","from":"user@email.com","smtpDescription":"550 5.1.1 user unknown (UserSearch)","category":"BAD_MAILBOX","returnCode":550,"date":"2016-08-11 T 12:25:18.889Z","type":"hard_bounce"}',
  },
];
