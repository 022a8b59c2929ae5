import type { AddressInfo } from "node:net";
import { simpleParser, type AddressObject, type ParsedMail } from "mailparser";
import { SMTPServer } from "smtp-server";
import type { DevShop } from "../dev-shop";
import { shopByDomain } from "../dev-shop";
import { nextId, type Shop } from "../world";

/** Names the shop whose mailbox a mail belongs in; the app sets it on every mail it sends. */
export const SHOP_HEADER = "x-perennial-shop";
/** Larger mails are refused: what the app sends is text. */
const MAX_MAIL_BYTES = 5 * 1024 * 1024;
/** Mails kept for each shop. */
const MAX_MAILS = 5000;

/** An SMTP server on loopback that files what the app sends in the shop's mailbox, where people can read it. */
export async function startMailServer(devShop: DevShop): Promise<{ stop(): Promise<void> }> {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS"],
    disableReverseLookup: true,
    size: MAX_MAIL_BYTES,
    onAuth: (_auth, _session, done) => done(null, { user: "app" }),
    onData: (stream, _session, done) => {
      simpleParser(stream).then(
        (mail) => {
          file(devShop, mail);
          done();
        },
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
      );
    },
  });
  const wanted = devShop.config.smtpPort;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) =>
      reject(
        error.code === "EADDRINUSE"
          ? new Error(`Port ${wanted} is in use: choose another for mail with DEV_SHOP_SMTP_PORT.`)
          : error,
      ),
    );
    server.listen(wanted, "127.0.0.1", resolve);
  });
  server.on("error", (error) => console.error(`mail: ${error.message}`));
  devShop.config.smtpPort = (server.server.address() as AddressInfo).port;
  return { stop: () => new Promise((resolve) => server.close(resolve)) };
}

function file(devShop: DevShop, mail: ParsedMail): void {
  const { world } = devShop;
  const shop = shopOf(devShop, mail);
  if (!shop) return;
  shop.mail.push({
    id: nextId(world),
    from: addresses(mail.from),
    to: addresses(mail.to),
    subject: mail.subject ?? "",
    text: mail.text ?? "",
    html: mail.html || "",
    locale: textOf(mail, "content-language"),
    at: world.now,
  });
  if (shop.mail.length > MAX_MAILS) shop.mail.splice(0, shop.mail.length - MAX_MAILS);
  devShop.changed();
}

function shopOf({ world }: DevShop, mail: ParsedMail): Shop | undefined {
  const domain = textOf(mail, SHOP_HEADER);
  return (domain === null ? undefined : shopByDomain(world, domain)) ?? Object.values(world.shops)[0];
}

function textOf(mail: ParsedMail, header: string): string | null {
  const value = mail.headers.get(header);
  return typeof value === "string" ? value : null;
}

const addresses = (value: AddressObject | AddressObject[] | undefined): string =>
  (Array.isArray(value) ? value : value ? [value] : [])
    .flatMap((object) => object.value.map((entry) => entry.address ?? ""))
    .filter((address) => address !== "")
    .join(", ");
