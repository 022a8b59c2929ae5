import type { Context } from "~/context.server";
import type { WithdrawalCase, Shop } from "~/generated/prisma/client";
import type { Job } from "~/jobs/queues";
import { supportedLocale } from "~/lib/i18n";
import { caseMail } from "~/notifications/case-mail";
import { adminUrl, storefrontUrl } from "~/notifications/links";
import type { Mail } from "~/notifications/mail";
import { contactOf, mailMerchant, mailShopper, recordSent } from "~/notifications/send.server";

import { declarationOf } from "./cases.server";
import { declared } from "./public/page-html";
import { publicDateTime, publicLanguage, publicTexts } from "./public/texts";

/** A case with its shop, if there is somebody to write in the name of. */
async function found(ctx: Context, { shopId, caseId }: Job<"portal.case">) {
  const row = await ctx.db.withdrawalCase.findFirst({ where: { id: caseId, shopId }, include: { shop: true } });
  return row?.shop.status === "ACTIVE" ? row : null;
}

/**
 * Handler of portal.case: the receipt with everything that was declared, to whoever declared it, and the news to the
 * shop's owner. Each once; the receipt goes first.
 * @throws when a mail can't be handed over; the job is tried again.
 */
export async function mailCase(ctx: Context, job: Job<"portal.case">): Promise<void> {
  const row = await found(ctx, job);
  // The owner's mail is the last thing that is done: with it, all of it has been.
  if (!row || row.receiptSentAt !== null) return;
  const { shop, contractId } = row;
  await mailShopper(ctx, shop, row.email, receiptMail(shop, row));
  await mailMerchant(
    ctx,
    shop,
    caseMail(
      {
        kind: row.kind,
        shopName: shop.name,
        timeZone: shop.timeZone,
        name: row.name,
        email: row.email,
        reference: row.reference,
        message: row.message,
        endsOn: row.endsOn,
        receivedAt: row.receivedAt.toISOString(),
        matched: contractId !== null,
        caseUrl: adminUrl(shop, `/app/cases/${row.id}`),
      },
      supportedLocale(shop.locale),
    ),
  );
  await ctx.db.withdrawalCase.update({ where: { id: row.id }, data: { receiptSentAt: ctx.clock.now() } });
  if (contractId !== null) await recordSent(ctx, shop, contractId, "case-receipt", row.id);
}

/** The receipt: what was declared, and when it was received (EU 2023/2673 Art. 11a (4), § 312k (4) BGB). */
export function receiptMail(shop: Shop, row: WithdrawalCase): Mail {
  const language = publicLanguage(row.locale, shop);
  const t = publicTexts(language);
  const { kind } = row;
  const { statement, facts } = declared({ t, language, kind, shopName: shop.name }, declarationOf(row, language));
  const at = publicDateTime(row.receivedAt, language, shop.timeZone);
  return {
    locale: language,
    subject: t(`mail.subject${kind}`, { shop: shop.name }),
    preheader: t("mail.preheader"),
    title: t(`${kind}.receivedTitle`),
    opening: [t(`${kind}.received`, { shop: shop.name, at }), statement],
    facts: [
      { label: t("receipt.at"), values: [at] },
      ...facts.map(({ label, value }) => ({ label, values: value.split("\n") })),
    ],
    closing: [t(`${kind}.next`, { shop: shop.name }), t("mail.keep")],
    button: { label: t("mail.button", { shop: shop.name }), url: storefrontUrl(shop) },
    urgent: false,
    footer: [t("mail.wrong"), t("mail.questions", { email: contactOf(shop) })],
  };
}

/**
 * Handler of portal.case-settled: tells whoever declared it what became of it.
 * @throws when the mail can't be handed over; the job is tried again.
 */
export async function mailCaseSettled(ctx: Context, job: Job<"portal.case-settled">): Promise<void> {
  const row = await found(ctx, job);
  if (!row || row.state === "OPEN" || row.email === "") return;
  const { shop, contractId } = row;
  const contract =
    contractId === null
      ? null
      : await ctx.db.subscriptionContract.findFirst({ where: { id: contractId }, select: { status: true } });
  await mailShopper(ctx, shop, row.email, settledMail(shop, row, contract?.status === "CANCELLED"));
  if (contractId !== null) await recordSent(ctx, shop, contractId, "case-settled", row.id);
}

export function settledMail(shop: Shop, row: WithdrawalCase, cancelled: boolean): Mail {
  const language = publicLanguage(row.locale, shop);
  const t = publicTexts(language);
  const { kind, note } = row;
  const state = row.state === "DECLINED" ? "DECLINED" : "SETTLED";
  const values = { shop: shop.name, at: publicDateTime(row.receivedAt, language, shop.timeZone) };
  return {
    locale: language,
    subject: t(`mail.settledSubject${kind}`, values),
    preheader: t("mail.settledPreheader"),
    title: t(`mail.settledTitle${state}`),
    opening: [t(state === "SETTLED" && cancelled ? "mail.CANCELLED" : `mail.${state}`, values)],
    facts: [
      ...(note === "" ? [] : [{ label: t("mail.note", values), values: note.split("\n") }]),
      { label: t(`${kind}.reference`), values: [row.reference] },
    ],
    closing: [],
    button: { label: t("mail.button", values), url: storefrontUrl(shop) },
    urgent: false,
    footer: [t("mail.questions", { email: contactOf(shop) })],
  };
}
