// The section in which a copy is checked: a file is chosen or dropped, sent to be verified, and forgotten.

import { verified } from "./asking.js";
import { NoCopy, copyOf } from "./copy.js";
import { element } from "./sheet.js";
import { drawVerdict } from "./verdict.js";
import { countDown } from "./waiting.js";
import { say, speak, spoken } from "./words.js";

const at = (id) => document.getElementById(id);
const root = document.body.dataset.root;
const [section, choose, file, told, verdict] = ["check", "choose", "file", "check-told", "verdict"].map(at);
let running = null; // the AbortController of what is being asked
let waiting = false;

function tell(kind, ja, en) {
  told.className = `notice ${kind}`;
  told.hidden = !ja;
  say(told, ja, en);
}

/** Leave nothing of a copy on the page. */
export function forgetCopy() {
  running?.abort();
  running = null;
  verdict.replaceChildren();
  verdict.hidden = true;
  if (!waiting) tell("", "");
}

export function hasCopy() {
  return running !== null || !verdict.hidden || !told.hidden;
}

async function check(files) {
  if (!files.length || waiting) return;
  forgetCopy();
  if (files.length > 1) return tell("wrong", "ファイルは1つずつ選んでください。", "Choose one file at a time.");
  const mine = new AbortController();
  running = mine;
  tell("", `「${files[0].name}」を検証しています…`, `Verifying ${files[0].name}…`);
  try {
    const answer = await verified(root, await copyOf(files[0]), mine.signal);
    if (!mine.signal.aborted) receive(answer, files[0].name);
  } catch (failure) {
    if (!mine.signal.aborted) report(failure);
  } finally {
    if (running === mine) running = null;
  }
}

function receive(answer, name) {
  if (answer.__typename === "VerifiedCertificate") return show(answer, name);
  const [{ code, message, messageEn }] = answer.refusals;
  if (answer.retryAfterSeconds) wait(answer.retryAfterSeconds);
  const waits = code === "TOO_MANY_ATTEMPTS";
  return tell("wrong", waits ? message : `真正と確認できません。${message}（${code}）`,
    waits ? messageEn : `Not shown to be genuine. ${messageEn} (${code})`);
}

function report(failure) {
  const error = failure.told;
  if (failure instanceof NoCopy) return tell("wrong", failure.ja, failure.en);
  if (error) return tell("wrong", error.message, error.extensions.messageEn);
  return tell("wrong", "通信できませんでした。接続を確認して、もう一度お試しください。",
    "The platform could not be reached. Check the connection and try again.");
}

function wait(seconds) {
  waiting = true;
  countDown(choose, seconds, () => {
    waiting = false;
    say(choose, "ファイルを選ぶ", "Choose a file");
    tell("", "もう一度検証できます。", "You can try again now.");
  });
}

function show(answer, name) {
  tell("", "");
  drawVerdict(verdict, answer);
  const now = new Date();
  const when = (language) => now.toLocaleString(language, { dateStyle: "long", timeStyle: "short" });
  const stamp = element("p", "", { className: "stamp" });
  say(stamp, `${when("ja-JP")} 「${name}」を検証`, `${name} verified on ${when("en-GB")}`);
  verdict.append(stamp);
  verdict.hidden = false;
  speak(spoken());
  verdict.focus();
  section.scrollIntoView();
}

function over(event, is) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault(); // else the browser leaves the page for the file
  at("drop").classList.toggle("over", is);
}

choose.addEventListener("click", () => waiting || file.click());
file.addEventListener("change", () => {
  const chosen = [...file.files];
  file.value = ""; // so that the same file can be chosen again
  check(chosen);
});
addEventListener("dragover", (event) => over(event, true));
addEventListener("dragleave", (event) => over(event, false));
addEventListener("drop", (event) => {
  over(event, false);
  if (!section.hidden) check([...(event.dataTransfer?.files ?? [])]);
});
