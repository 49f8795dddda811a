// What this module knows: to make the search boxes of a page complete what is typed. Whoever chooses a
// completion is taken to its page; Enter without one asks the search page. What was found before the index was
// there stays, with an offer to search again.

import { combobox } from "./combobox.js";
import { indexReady, thingsNamed } from "./suggestions.js";

for (const form of document.querySelectorAll("form[data-search]")) {
  const input = form.querySelector("input[name=q]");
  if (!(form instanceof HTMLFormElement) || !(input instanceof HTMLInputElement)) continue;
  const { language = "en", count, none, failed } = form.dataset;
  combobox(input, {
    source: thingsNamed(language),
    choose: (chosen) => location.assign(chosen.value.path),
    words: { count, none, failed },
  });
}

const note = document.querySelector("[data-ready][data-again]");
if (note instanceof HTMLElement) {
  void indexReady().then((ready) => {
    if (!ready) return;
    const again = document.createElement("a");
    again.href = location.href;
    again.textContent = note.dataset.again ?? "";
    note.replaceChildren(note.dataset.ready ?? "", " ", again);
  });
}
