// A certificate as the surety's viewer shows it.

import { dated, element, table, yen } from "./sheet.js";

/** What a certificate's fields are called, in the order of the certificate itself. */
function rows(given) {
  return [
    ["保証契約番号", "Guarantee number", given.number],
    ["保証契約者", "Principal (contractor)", `${given.principalName}\u00a0様`],
    ["被保証者", "Obligee (public body)", `${given.obligeeName}\u00a0様`],
    ["保証金額", "Guaranteed amount", yen(given.guaranteedAmount), { className: "amount" }],
    ["保証期間", "Guaranteed until", given.guaranteeEndsOnWareki, { day: given.guaranteeEndsOn }],
    ["工期末日", "Works completed by", given.completionOnWareki, { day: given.completionOn }],
    ["工事名", "Works", given.worksName],
    ["請負金額(総額)", "Contract price (total)", yen(given.contractPrice)],
    ["請負金額(対象額)", "Contract price (covered)", yen(given.coveredPrice)],
    ["預託金融機関", "Depositary bank", given.depositaryBank],
  ];
}

function signature({ surety, branch }) {
  const block = element("div", "", { className: "signature" });
  block.append(element("p", surety.address), element("p", surety.name, { className: "surety" }));
  block.append(element("p", surety.representative));
  const place = element("div", "", { className: "branch" });
  const lines = element("div");
  for (const line of [branch.name, branch.address, `TEL ${branch.tel}`, branch.fax && `FAX ${branch.fax}`]) {
    if (line) lines.append(element("p", line));
  }
  place.append(element("p", "取扱店", { className: "label", en: "Branch" }), lines);
  block.append(place);
  return block;
}

function foot({ notes, surety, termsName }) {
  const block = element("div", "", { className: "notes" });
  const list = element("ol");
  list.append(...notes.map((note) => element("li", note)));
  block.append(element("p", "（注）"), list);
  if (surety.termsUrl && termsName) block.append(element("p", `${termsName}につきましては、${surety.termsUrl} をご覧ください。`));
  return block;
}

/** Put the certificate into `sheet`, in place of what was there. */
export function draw(sheet, given) {
  const parts = [
    dated("p", given.issuedOnWareki, given.issuedOn, "issued"),
    element("h2", given.title),
    table(rows(given)),
    element("p", given.statement ?? "", { className: "statement" }),
    signature(given),
    foot(given),
  ];
  sheet.replaceChildren(...parts);
}
