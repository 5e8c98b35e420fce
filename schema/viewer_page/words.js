// What the page says, in Japanese and in English. An element's other language waits in `data-en` and `data-ja`.

const page = document.documentElement;

/** Switch every text that has two languages. */
export function speak(language) {
  page.lang = language;
  for (const each of document.querySelectorAll("[data-en]")) {
    each.dataset.ja ??= each.textContent;
    each.textContent = each.dataset[language];
    each.lang = language;
  }
}

/** The language that is switched on: "ja" or "en". */
export function spoken() {
  return page.lang;
}

/** Say something in both languages, in the one that is switched on. */
export function say(place, ja = "", en = ja) {
  Object.assign(place.dataset, { ja, en });
  place.lang = page.lang;
  place.textContent = place.dataset[page.lang];
}
