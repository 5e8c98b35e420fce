// The parts of a sheet: texts, days, amounts and a table. Every text goes in as text, never as markup.

const YEN = new Intl.NumberFormat("ja-JP");
const ENGLISH_DAY = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" });

export function yen(amount) {
  return amount === null ? null : `${YEN.format(amount)} 円`;
}

/** An element with text; with `en`, a text that the language switch changes. */
export function element(name, text = "", { className, en } = {}) {
  const made = document.createElement(name);
  made.textContent = text;
  if (className) made.className = className;
  if (en) made.dataset.en = en;
  return made;
}

/** An element with a day of the Japanese calendar; in English the other calendar's stands beside it. */
export function dated(name, wareki, day, className = "") {
  const made = element(name, `${wareki} `, { className });
  made.append(element("span", "", { className: "day", en: ENGLISH_DAY.format(new Date(`${day}T00:00:00Z`)) }));
  return made;
}

/**
 * A table of rows: what it is called in Japanese and English, the value, and if there is more to it a class of the cell,
 * the day that a wareki value stands for, or the value in English. Rows without a value are left out.
 */
export function table(rows) {
  const list = element("dl");
  for (const [ja, en, value, { className, day, english } = {}] of rows.filter(([, , value]) => value !== null)) {
    const row = element("div");
    const cell = day ? dated("dd", value, day) : element("dd", value, { className, en: english });
    row.append(element("dt", ja, { en }), cell);
    list.append(row);
  }
  return list;
}
