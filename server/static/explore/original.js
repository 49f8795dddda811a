// What this module knows: the original article, where a reader has a copy: told by its SHA-256, shown, and never sent anywhere.

/** @import {Article, Statement} from "./types.js" */
import { textTools } from "./coverage.js";
import { element, find, language, numeral, say } from "./page.js";
import { open } from "./selection.js";
import { ORIGINAL, onText, showArticle, textChoice } from "./text.js";
import { view } from "./view.js";

const MOST_BYTES = 20 * 1024 * 1024;
const pane = find(".pane.text");
const input = /** @type {HTMLInputElement} */ (element("input", { type: "file", class: "hidden-text", tabindex: -1, "aria-hidden": "true", accept: "text/plain,text/markdown,.txt,.md" }));
const button = element("button", { type: "button", class: "act", click: () => input.click() }, say("original.choose"));
const told = element("div", { class: "original-told", role: "status" });
textTools.append(button, input);
textTools.after(told);
/** The original, once a reader has shown it. @type {Article | null} */
let original = null;

input.addEventListener("change", () => {
  const [file] = input.files ?? [];
  input.value = "";
  if (file) void take(file);
});
pane.addEventListener("dragover", (event) => {
  if (!event.dataTransfer?.types.includes("Files") || button.hidden) return;
  event.preventDefault();
  pane.classList.add("over");
});
pane.addEventListener("dragleave", () => pane.classList.remove("over"));
pane.addEventListener("drop", (event) => {
  pane.classList.remove("over");
  const [file] = event.dataTransfer?.files ?? [];
  if (!file || button.hidden) return;
  event.preventDefault();
  void take(file);
});

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function sha256(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Look whether a file is the original, and show it if so.
 * @param {File} file
 */
async function take(file) {
  const article = view.article;
  const wanted = article?.original;
  if (!article || !wanted) return;
  const problem = (/** @type {(Node | string)[]} */ ...words) => told.replaceChildren(element("p", { class: "problem" }, ...words));
  if (!globalThis.crypto?.subtle) return problem(say("original.insecure"));
  if (file.size > MOST_BYTES) return problem(say("original.large", { name: file.name }));
  const bytes = new Uint8Array(await file.arrayBuffer());
  const found = await sha256(bytes);
  if (found !== wanted.sha256) {
    return problem(say("original.other", { name: file.name }), element("dl", { class: "hashes" },
      element("dt", {}, say("original.hash.found")), element("dd", {}, element("code", {}, found)),
      element("dt", {}, say("original.hash.wanted")), element("dd", {}, element("code", {}, wanted.sha256))));
  }
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  original = readOriginal(article, text);
  told.replaceChildren(element("p", { class: "small" }, say("original.shown", { name: file.name, length: numeral(Array.from(text).length), spans: numeral(original.passages.length) })));
  await showOriginal();
}

/**
 * The original as a text like the shipped ones: lines as blocks, and the spans of statements as its passages.
 * @param {Article} article
 * @param {string} text
 * @returns {Article}
 */
function readOriginal(article, text) {
  let at = 0;
  const blocks = text.split("\n").flatMap((line) => {
    const start = at;
    at += Array.from(line).length + 1;
    return line.trim() ? [{ level: 0, start, end: at - 1, text: line }] : [];
  });
  /** @type {Map<string, {start: number, end: number, statements: string[]}>} */
  const passages = new Map();
  for (const statement of Object.values(article.statements ?? {})) {
    for (const { start, end } of statement.original ?? []) {
      const passage = passages.get(`${start} ${end}`) ?? { start, end, statements: [] };
      passage.statements.push(statement.iri);
      passages.set(`${start} ${end}`, passage);
    }
  }
  return { ...article, source: ORIGINAL, language: article.original?.language ?? article.translations?.[0] ?? article.language, blocks,
    passages: [...passages.values()].sort((a, b) => a.start - b.start || a.end - b.end) };
}

async function showOriginal() {
  if (!original) return;
  view.article = original;
  showArticle();
  await open(view.selection, { scroll: true, still: true });
}

onText(() => {
  button.hidden = !view.article?.original || original !== null;
  if (original) textChoice(say("text.original"), view.article === original, () => void showOriginal());
});
