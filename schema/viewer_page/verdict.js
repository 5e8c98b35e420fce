// What a copy proves, in words: whether it is genuine, how the certificate stands today, and what the copy says.

import { element, table, yen } from "./sheet.js";

const WAREKI = new Intl.DateTimeFormat("ja-JP-u-ca-japanese", { dateStyle: "long", timeZone: "UTC" });
const IN_JAPAN = { dateStyle: "long", timeStyle: "short", timeZone: "Asia/Tokyo" };

// Each state of a certificate: its word and its meaning, in both languages, and whether all is as it should be.
const STATES = {
  ACTIVE: ["有効", "この控えは、現在の保証証書と同じ内容です。",
    "Current", "The copy says what the certificate says today.", true],
  SUPERSEDED: ["変更により旧版", "変更または訂正により、新しい保証証書が発行されています。受注者に最新の証書を確認してください。",
    "Superseded", "A newer certificate was issued by a change or correction. Ask the contractor for it.", false],
  ROTATED: ["認証キー再発行済み", "保証は有効です。認証キーは再発行されており、以前のお知らせのキーでは閲覧できません。",
    "Access key replaced", "The guarantee is current. Its access key was replaced: key notices from before open nothing.", true],
  CANCELLED: ["解約", "この保証契約は解約されています。この控えを保証として扱わないでください。",
    "Cancelled", "The guarantee was cancelled. Do not take the copy for a guarantee.", false],
  RELEASED: ["保証終了", "この保証契約は終了しています。この控えを保証として扱わないでください。",
    "Released", "The guarantee has ended. Do not take the copy for a guarantee.", false],
};
const UNKNOWN = ["不明", "署名は発行者のものですが、この証書は現在の記録にありません。発行者に確認してください。",
  "Unknown", "The signature is the issuer's, but the certificate is not in its records. Ask the issuer.", false];

function seal({ status, statusChangedOn }) {
  const [ja, meaning, en, meaningEn, good] = STATES[status] ?? UNKNOWN;
  const block = element("div", "", { className: `state ${good ? "good" : "wrong"}` });
  const line = element("p", "", { className: "state-word" });
  line.append(element("span", "現在の状態：", { en: "Today: " }), element("strong", ja, { en }));
  if (statusChangedOn) line.append(element("span", `（${wareki(statusChangedOn)}から）`, { en: ` (since ${statusChangedOn})` }));
  block.append(line, element("p", meaning, { en: meaningEn }));
  return block;
}

function wareki(day) {
  return WAREKI.format(new Date(`${day}T00:00:00Z`));
}

function dayRow(ja, en, day) {
  return [ja, en, wareki(day), { day }];
}

/** Who signed, when, and whether it is the very file that was issued. */
function proof({ form, issuer, signer, signedAt, timestamped, identical }) {
  const at = new Date(signedAt);
  const [by, byEn] = timestamped
    ? ["タイムスタンプ局が証明", "confirmed by a timestamp authority"]
    : ["署名者の申告", "as the signer says"];
  return table([
    ["署名者", "Signed by", form === "PDF" ? signer : `${signer}（署名鍵）`, { english: form === "PDF" ? signer : `${signer} (signing key)` }],
    ["署名日時", "Signed at", `${at.toLocaleString("ja-JP", IN_JAPAN)}（日本時間、${by}）`,
      { english: `${at.toLocaleString("en-GB", IN_JAPAN)}, Japan time, ${byEn}` }],
    ["発行サイト", "Issued at", issuer],
    ["発行時との一致", "As issued", identical ? "発行したファイルと完全に一致" : "一致を確認できません（発行の記録にありません）",
      { english: identical ? "Identical to the file that was issued" : "Could not be compared: there is no record of the file" }],
  ]);
}

function content(given) {
  return table([
    ["証書", "Certificate", given.version > 1 ? `${given.title}（第${given.version}版）` : given.title],
    ["保証契約番号", "Guarantee number", given.number],
    dayRow("証書発行日", "Issued on", given.issuedOn),
    ["保証契約者", "Principal (contractor)", given.principalName],
    ["被保証者", "Obligee (public body)", given.obligeeName],
    ["保証金額", "Guaranteed amount", yen(given.guaranteedAmount), { className: "amount" }],
    dayRow("保証期間", "Guaranteed until", given.guaranteeEndsOn),
    dayRow("工期末日", "Works completed by", given.completionOn),
    ["工事名", "Works", given.worksName],
    ["請負金額(総額)", "Contract price (total)", yen(given.contractPrice)],
    ["請負金額(対象額)", "Contract price (covered)", yen(given.coveredPrice)],
    ["預託金融機関", "Depositary bank", given.depositaryBank],
    ["保証会社", "Surety", given.surety.name],
  ]);
}

/** Where everybody can look the status up; only ever an address of the web. */
function statusLink(url) {
  if (!/^https?:\/\//.test(url)) return [];
  const link = element("a", "公開されている状態リスト（署名付き、システム用）", { en: "Published status list (signed, for programs)" });
  Object.assign(link, { href: url, rel: "noopener noreferrer", target: "_blank" });
  const line = element("p", "", { className: "hint screen-only" });
  line.append(link);
  return [line];
}

/** Put the verdict into `sheet`, in place of what was there. */
export function drawVerdict(sheet, given) {
  const parts = [
    element("h3", "真正な控えです", { en: "The copy is genuine" }),
    element("p", "発行者が署名したもので、署名の後に変更されていません。", { en: "The issuer signed it, and nothing was changed since." }),
    seal(given),
    element("h4", "署名", { en: "Signature" }),
    proof(given),
    element("h4", "控えに記載された内容", { en: "What the copy says" }),
    content(given.certificate),
    ...statusLink(given.statusUrl),
  ];
  if (given.selfMade) {
    parts.splice(5, 0, element("p", "署名証明書は発行者が自己発行したもので、第三者の認証局は発行者を証明していません。",
      { className: "notice", en: "The signing certificate is of the issuer's own making: no third party vouches for the issuer." }));
  }
  sheet.replaceChildren(...parts);
}
