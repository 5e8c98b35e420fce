// What people type and paste: numbers and keys in full width, with spaces, or the whole text of a key notice.

export const DIGITS = 10;
export const KEY_LENGTH = 12;

// As core/text.py HYPHENS: what stands between the parts of a number or a key, and its look-alikes.
const BETWEEN = /[\s\-‐‑‒–—―−ー]+/g;
const NUMBER_IN_TEXT = /保証契約番号\s*[::]?\s*([0-9](?:[0-9\s-]*[0-9])?)/;
const KEY_IN_TEXT = /認証キ[ー-]\s*[::]?\s*([A-Za-z0-9+_-]+)/;

/** A number as it is stored, as far as it was typed. */
export function asNumber(typed) {
  return typed.normalize("NFKC").replace(BETWEEN, "");
}

/** A key as it is stored, as far as it was typed. */
export function asKey(typed) {
  return typed.normalize("NFKC").replace(BETWEEN, "").toUpperCase();
}

export function isNumber(number) {
  return new RegExp(`^[0-9]{${DIGITS}}$`).test(number);
}

/** "K5VL 4+5Q G_KJ": what is easily compared with paper. */
export function inGroups(key) {
  return [...key].reduce((said, character, index) => said + (index && index % 4 === 0 ? " " : "") + character, "");
}

/** Number and key in a pasted notice, or null when the text is none: then it is pasted as it stands. */
export function fromNotice(text) {
  const plain = text.normalize("NFKC");
  const number = NUMBER_IN_TEXT.exec(plain);
  const key = KEY_IN_TEXT.exec(plain);
  if (number && key) return { number: asNumber(number[1]).slice(0, DIGITS), key: asKey(key[1]) };
  const words = plain.trim().split(/\s+/);
  if (words.length === 2 && isNumber(words[0]) && words[1].length === KEY_LENGTH) {
    return { number: words[0], key: asKey(words[1]) };
  }
  return null;
}

/** The number in the address to which the code on a certificate leads, or "". */
export function fromAddress(path) {
  const last = path.split("/").filter(Boolean).at(-1) ?? "";
  return isNumber(last) ? last : "";
}
