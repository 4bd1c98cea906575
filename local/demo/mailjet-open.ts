/** Mailjet's `open` event, byte for byte. Source: Mailjet, "Webhook: what is it and why do you need it?", and its API guide. */
export const MAILJET_OPEN =
  '{"event":"open","time":1433103519,"MessageID":19421777396190491,"email":"api@mailjet.com","mj_campaign_id":7173,"mj_contact_id":320,"customcampaign":"","CustomID":"helloworld","Payload":"","ip":"127.0.0.1","geo":"US","agent":"Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0"}';
