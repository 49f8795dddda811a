// What this module knows: which sentences of the text no statement cites.

/** @import {Article, Span} from "./types.js" */
import { element, find, language, numeral, say } from "./page.js";
import { layer, onText } from "./text.js";
import { view } from "./view.js";

const toggle = element("button", { type: "button", class: "act", role: "switch", "aria-checked": "false", click: () => {
  toggle.setAttribute("aria-checked", String(toggle.getAttribute("aria-checked") !== "true"));
  show();
} }, say("coverage"));
const count = element("span", { class: "muted small", role: "status" });
export const textTools = element("div", { class: "text-tools", role: "group", "aria-label": say("text.tools") }, toggle, count);
find(".pane.text .pane-head").after(textTools);

/**
 * The sentences of the paragraphs, in code points; headings are none.
 * @param {Article} article
 * @returns {Span[]}
 */
function sentencesOf(article) {
  const segmenter = new Intl.Segmenter(article.language, { granularity: "sentence" });
  return article.blocks.filter((block) => block.level === 0).flatMap((block) => {
    let at = block.start;
    return [...segmenter.segment(block.text)].flatMap(({ segment }) => {
      const start = at;
      at += Array.from(segment).length;
      const words = segment.trim();
      // White space at the end is no part of a sentence, and a sentence says something: it has a letter or a numeral.
      return /[\p{L}\p{N}]/u.test(words) ? [{ start: start + Array.from(segment.slice(0, segment.indexOf(words))).length, end: at - Array.from(segment.slice(segment.indexOf(words) + words.length)).length }] : [];
    });
  });
}

function show() {
  const article = view.article;
  const on = toggle.getAttribute("aria-checked") === "true";
  textTools.hidden = !article;
  if (!article) return;
  const all = sentencesOf(article);
  const silent = all.filter((sentence) => !article.passages.some((passage) => passage.start < sentence.end && sentence.start < passage.end));
  layer("silent", on ? silent : []);
  count.textContent = on ? say("coverage.count", { silent: numeral(silent.length), all: numeral(all.length) }) : "";
}
onText(show);
