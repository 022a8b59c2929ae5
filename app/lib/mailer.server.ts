import nodemailer from "nodemailer";

export interface Message {
  /** The shop it is sent for, "kaffebonna.myshopify.com". */
  shop: string;
  to: string;
  /** "Kaffebønna": shown as the sender; replies go to replyTo. */
  fromName: string;
  replyTo: string;
  subject: string;
  text: string;
  html: string;
  locale: string;
}

export interface Mailer {
  /** @throws when the mail server refuses or can't be reached: the job is tried again. */
  send(message: Message): Promise<void>;
}

const MAIL_TIMEOUT_MS = 10_000;

/** @param url "smtp://user:password@host:587"; @param from the envelope's address, "Perennial <no-reply@…>" */
export function smtpMailer(url: string, from: string): Mailer {
  const transport = nodemailer.createTransport({
    url,
    connectionTimeout: MAIL_TIMEOUT_MS,
    socketTimeout: MAIL_TIMEOUT_MS,
  });
  const address = /<([^>]+)>/.exec(from)?.[1] ?? from;
  return {
    async send(message) {
      await transport.sendMail({
        from: { name: message.fromName, address },
        replyTo: message.replyTo,
        to: message.to,
        subject: message.subject,
        text: message.text,
        html: message.html,
        headers: { "X-Perennial-Shop": message.shop, "Content-Language": message.locale },
      });
    },
  };
}
