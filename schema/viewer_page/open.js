// The life of the page: ask, show, forget. Number and key live in the two fields and nowhere else.

import { asked } from "./asking.js";
import { draw } from "./certificate.js";
import { forgetCopy, hasCopy } from "./checking.js";
import { DIGITS, asKey, asNumber, fromAddress, fromNotice, inGroups, isNumber } from "./typed.js";
import { countDown } from "./waiting.js";
import { say, speak, spoken } from "./words.js";

const IDLE = 5 * 60_000;
const PDF_LIFE = IDLE - 15_000; // the ticket in its URL is good for five minutes

const at = (id) => document.getElementById(id);
const root = document.body.dataset.root;
const { form, number, key, told, shown, ask, check, certificate, pdf, stamp } = Object.fromEntries(
  ["form", "number", "key", "told", "shown", "ask", "check", "certificate", "pdf", "stamp"].map((id) => [id, at(id)]),
);
const open = at("open");
let running = null; // the AbortController of what is being asked
let counting = false; // whether a countdown runs
let pdfEnds = Infinity;
let idleAt = Date.now() + IDLE;

// Telling

function tell(kind, ja, en) {
  told.className = `notice ${kind}`;
  told.hidden = !ja;
  say(told, ja, en);
}

function blame(field, ja, en) {
  field.setAttribute("aria-invalid", ja ? "true" : "false");
  say(at(`${field.id}-wrong`), ja, en);
  return !ja;
}

// Asking

function checkNumber() {
  const typed = asNumber(number.value);
  if (isNumber(typed)) return blame(number);
  if (!typed) return blame(number, "保証契約番号を入力してください。", "Type the guarantee number.");
  if (/[^0-9]/.test(typed)) {
    return blame(number, "保証契約番号に数字以外の文字があります。", "A guarantee number has digits only.");
  }
  return blame(number, `保証契約番号は${DIGITS}桁です（今は${typed.length}桁）。`,
    `Ten digits are needed; there are ${typed.length}.`);
}

function checkKey() {
  return asKey(key.value) ? blame(key) : blame(key, "認証キーを入力してください。", "Type the access key.");
}

async function submit() {
  tell("", "");
  const wrong = [checkNumber() ? null : number, checkKey() ? null : key].find(Boolean);
  if (wrong) return wrong.focus();
  if (running || counting) return undefined;
  running = new AbortController();
  const { signal } = running;
  open.setAttribute("aria-disabled", "true");
  tell("", "照会しています…", "Asking…");
  try {
    const answer = await asked(root, { number: number.value, accessKey: key.value }, signal, showWork);
    if (!signal.aborted) receive(answer);
  } catch (failure) {
    if (!signal.aborted) report(failure);
  } finally {
    if (running?.signal === signal) running = null;
    if (!counting) free();
  }
  return undefined;
}

/** Say once that there is work, then count on the button: a screen reader shall not read each step. */
function showWork(tried) {
  if (tried) return say(open, `計算中（${tried.toLocaleString()}回）`, `Calculating (${tried.toLocaleString()})`);
  return tell("", "この証書の閲覧は続けて失敗しています。確認の計算が終わるまでお待ちください（数秒から1分ほど）。",
    "Opening this certificate has failed often. A calculation comes first: please wait some seconds, up to a minute.");
}

// Answers

function receive(answer) {
  if (answer.__typename === "Certificate") return show(answer);
  const [{ message, messageEn }] = answer.refusals;
  tell("wrong", message, messageEn);
  if (answer.retryAfterSeconds) wait(answer.retryAfterSeconds);
  else key.focus();
  return undefined;
}

function report({ told: error }) {
  const field = { NUMBER_MALFORMED: number, SCALAR_MALFORMED: key }[error?.extensions.code];
  if (field) {
    tell("", "");
    blame(field, error.message, error.extensions.messageEn);
    field.focus();
  } else if (error) {
    tell("wrong", error.message, error.extensions.messageEn);
  } else {
    tell("wrong", "通信できませんでした。接続を確認して、もう一度お試しください。",
      "The platform could not be reached. Check the connection and try again.");
  }
}

function free() {
  open.removeAttribute("aria-disabled");
  say(open, "証書を閲覧する", "Open the certificate");
}

function wait(seconds) {
  counting = true;
  countDown(open, seconds, () => {
    counting = false;
    free();
    tell("", "もう一度閲覧できます。", "You can try again now.");
  });
}

function show(answer) {
  empty();
  tell("", "");
  draw(certificate, answer);
  const now = new Date();
  const when = (language) => now.toLocaleString(language, { dateStyle: "long", timeStyle: "short" });
  say(stamp, `${when("ja-JP")} 電子証書の閲覧画面で表示`, `Shown in the viewer on ${when("en-GB")}`);
  pdf.hidden = !answer.pdfUrl;
  if (answer.pdfUrl) pdf.href = answer.pdfUrl;
  pdfEnds = Date.now() + PDF_LIFE;
  speak(spoken());
  forgetCopy();
  [ask.hidden, check.hidden, shown.hidden] = [true, true, false];
  window.scrollTo(0, 0);
  at("shown-title").focus();
}

// Forgetting

function empty() {
  form.reset();
  number.value = "";
  key.value = "";
  echo();
  blame(number);
  blame(key);
}

/** Leave nothing of a certificate or a key on the page, nor in its address. */
function forget(ja = "", en = "") {
  running?.abort();
  forgetCopy();
  empty();
  certificate.replaceChildren();
  pdf.removeAttribute("href");
  pdf.hidden = false;
  at("pdf-over").hidden = true;
  pdfEnds = Infinity;
  say(stamp);
  [ask.hidden, check.hidden, shown.hidden] = [false, false, true];
  history.replaceState(null, "", `${root}/open`);
  if (!counting) tell("", ja, en);
}

function watch() {
  if (Date.now() >= pdfEnds && !pdf.hidden) [pdf.hidden, at("pdf-over").hidden] = [true, false];
  const anything = number.value || key.value || !shown.hidden || hasCopy();
  if (Date.now() >= idleAt && anything) {
    forget("5分間操作がなかったため、入力と表示を消しました。", "Cleared after five minutes without use.");
  }
}

function stir() {
  watch(); // a computer that slept comes back with a touch: what is overdue goes first
  idleAt = Date.now() + IDLE;
}

// Typing and pasting

function echo() {
  const typed = asKey(key.value);
  at("key-groups").textContent = typed ? inGroups(typed) : "";
}

function fill(event, text) {
  const found = fromNotice(text);
  if (!found) return;
  event.preventDefault();
  [number.value, key.value] = [found.number, found.key];
  echo();
  checkNumber();
  checkKey();
  tell("", "番号とキーを貼り付けました。お手元のお知らせと同じか確かめてください。",
    "Number and key are filled in. Compare them with the notice.");
  open.focus();
}

function switchLanguage() {
  speak(spoken() === "ja" ? "en" : "ja");
  [at("language").lang, at("language").textContent] = spoken() === "ja" ? ["en", "English"] : ["ja", "日本語"];
}

for (const field of [number, key]) {
  field.addEventListener("paste", (event) => fill(event, event.clipboardData.getData("text")));
  field.addEventListener("input", (event) => fill(event, field.value));
}
key.addEventListener("input", () => (echo(), blame(key)));
number.addEventListener("input", () => blame(number));
number.addEventListener("change", () => number.value && checkNumber());
form.addEventListener("submit", (event) => (event.preventDefault(), submit()));
at("clear").addEventListener("click", () => (forget(), number.focus()));
at("again").addEventListener("click", () => (forget(), number.focus()));
at("print").addEventListener("click", () => window.print());
at("language").addEventListener("click", () => switchLanguage());
for (const kind of ["pointerdown", "keydown", "wheel", "touchstart", "input", "beforeprint"]) {
  addEventListener(kind, stir, { passive: true });
}
addEventListener("pagehide", () => forget());
document.addEventListener("visibilitychange", watch);
setInterval(watch, 1000);

const linked = fromAddress(location.pathname);
speak("ja");
number.value = linked;
(linked ? key : number).focus();
