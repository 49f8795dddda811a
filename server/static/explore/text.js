// What this module knows: the article's text, its passages, and which of them are marked.

/** @import {Span} from "./types.js" */
import { element, find, say } from "./page.js";
import { hashOf } from "./address.js";
import { go, open } from "./selection.js";
import { loadArticle } from "./source.js";
import { view } from "./view.js";

export const story = find(".story");
const textScroll = find(".pane.text .scroll");
/** Code points of each block. @type {string[][]} */
let letters = [];
/** What each block was written from: one that would be the same stays as it stands. @type {string[]} */
let written = [];
/** Passage pieces that belong to what is selected. @type {Span[]} */
let faint = [];
/** @type {Span | null} */
let marked = null;
/** What panels mark besides, by the class that the words are given. @type {Map<string, Span[]>} */
const layers = new Map();
/** The source of a text that a reader has brought: the original, which is not served. */
export const ORIGINAL = "original";
/** @type {(() => void)[]} */
const listeners = [];
/**
 * Call back whenever another text is shown.
 * @param {() => void} listener
 */
export const onText = (listener) => void listeners.push(listener);

/**
 * Mark words that no passage holds.
 * @param {string} name their class
 * @param {Span[]} spans
 */
export function layer(name, spans) {
  layers.set(name, spans);
  view.article?.blocks.forEach((_, index) => showBlock(index));
}

/** @param {Span} a @param {Span} b */
const overlap = (a, b) => a.start < b.end && b.start < a.end;

export function showArticle() {
  if (!view.article) return;
  const { blocks, passages } = view.article;
  letters = blocks.map((block) => Array.from(block.text));
  written = [];
  story.lang = view.article.language;
  story.replaceChildren(
    ...blocks.map((block, index) => {
      const name = block.level ? `h${Math.min(block.level + 1, 6)}` : "p";
      return element(name, { class: block.level === 1 ? "headline" : null, "data-block": index });
    }),
  );
  const { original, source } = view.article;
  if (original && source !== ORIGINAL) story.querySelector(".headline")?.after(element("p", { class: "retold muted small" }, say("retold")));
  blocks.forEach((_, index) => showBlock(index));
  const first = story.querySelector(".passage");
  if (first instanceof HTMLElement) first.tabIndex = 0;
  choices.replaceChildren();
  if ((view.article.translations ?? []).length > 1) shippedChoices();
  story.classList.toggle("uncited", passages.length === 0);
  for (const listener of listeners) listener();
}

const choices = find(".pane.text .texts");
function shippedChoices() {
  for (const text of view.article?.translations ?? []) {
    const pressed = text === view.article?.language && view.article.source !== ORIGINAL;
    choices.append(element("button", { type: "button", "aria-pressed": String(pressed), click: () => switchText(text) }, say(`text.${text}`)));
  }
}

/**
 * Offer one more text beside those that are served.
 * @param {string} name
 * @param {boolean} pressed
 * @param {() => void} act
 */
export function textChoice(name, pressed, act) {
  if (!choices.childNodes.length) shippedChoices();
  choices.append(element("button", { type: "button", "aria-pressed": String(pressed), click: act }, name));
}

/** @param {string} text */
async function switchText(text) {
  view.article = await loadArticle(text);
  showArticle();
  await open(view.selection, { scroll: true, still: true });
}

/**
 * Write one block: pieces cut where passages begin and end, the marked passage in a mark of its own.
 * @param {number} index
 */
function showBlock(index) {
  if (!view.article) return;
  const block = view.article.blocks[index];
  const here = view.article.passages.filter((passage) => overlap(passage, block));
  const cuts = new Set([block.start, block.end]);
  const inLayers = [...layers].flatMap(([name, spans]) => spans.filter((span) => overlap(span, block)).map((span) => ({ ...span, name })));
  const spans = marked ? [...here, ...inLayers, marked] : [...here, ...inLayers];
  for (const span of spans) for (const at of [span.start, span.end]) if (at > block.start && at < block.end) cuts.add(at);
  const places = [...cuts].sort((a, b) => a - b);
  const inBlock = (/** @type {Span} */ span) => overlap(span, block);
  const from = JSON.stringify([places, marked && inBlock(marked) && [marked.start, marked.end], inLayers,
    faint.filter(inBlock).map(({ start, end }) => [start, end])]);
  if (from === written[index]) return;
  written[index] = from;
  const target = find(`[data-block="${index}"]`, story);
  const focused = document.activeElement instanceof HTMLElement && target.contains(document.activeElement)
    ? document.activeElement.dataset.start : null;
  target.replaceChildren();
  /** @type {HTMLElement | null} */
  let mark = null;
  for (let i = 0; i + 1 < places.length; i++) {
    const span = { start: places[i], end: places[i + 1] };
    const words = letters[index].slice(span.start - block.start, span.end - block.start).join("");
    const cited = here.filter((passage) => overlap(passage, span));
    const piece = cited.length && words.trim()
      ? element(
          "a",
          {
            class: faint.some((other) => overlap(other, span)) ? "passage of-thing" : "passage",
            href: hashOf({ statement: shortest(cited).statements[0] }),
            tabindex: -1,
            draggable: "false",
            "data-start": span.start,
            click: (/** @type {MouseEvent} */ event) => {
              if (event.metaKey || event.ctrlKey || event.shiftKey) return;
              event.preventDefault();
              // Who has drawn over some words wants all of them, not the one under the pointer.
              if (event.detail && !getSelection()?.isCollapsed) return;
              go({ statement: shortest(cited).statements[0] });
            },
          },
          words,
        )
      : layered(words, inLayers.filter((other) => overlap(other, span)).map((other) => other.name));
    if (marked && overlap(marked, span)) {
      if (!mark) target.append((mark = element("mark")));
      mark.append(piece);
    } else {
      mark = null;
      target.append(piece);
    }
  }
  if (focused) target.querySelector(`[data-start="${focused}"]`)?.dispatchEvent(new CustomEvent("refocus", { bubbles: true }));
}

/**
 * @param {string} words
 * @param {string[]} names
 */
const layered = (words, names) => (names.length && words.trim() ? element("span", { class: names.join(" ") }, words) : document.createTextNode(words));

/**
 * The narrowest of some passages: where they overlap, a press means it.
 * @template {Span} T
 * @param {T[]} passages
 */
export function shortest(passages) {
  return passages.reduce((best, passage) => (passage.end - passage.start < best.end - best.start ? passage : best));
}

/**
 * Mark a passage, and faintly others; null leaves the faint ones as they are.
 * @param {Span | null} current
 * @param {Span[] | null} others
 * @param {boolean} scroll
 */
export function markText(current, others, scroll) {
  if (!view.article) return;
  marked = current;
  if (others) faint = others;
  const roving = story.querySelector('.passage[tabindex="0"]');
  const start = roving instanceof HTMLElement ? roving.dataset.start : null;
  view.article.blocks.forEach((_, index) => showBlock(index));
  if (roving instanceof HTMLElement) roving.tabIndex = -1;
  const mark = story.querySelector("mark");
  const stop = mark?.querySelector(".passage") ?? story.querySelector(`.passage[data-start="${start}"]`) ?? story.querySelector(".passage");
  if (stop instanceof HTMLElement) stop.tabIndex = 0;
  if (scroll) scrollToMark();
}

/** The first passage of the block that says most of what is selected. */
function fullest() {
  let most = 0;
  let found = null;
  for (const block of story.querySelectorAll("[data-block]")) {
    const spans = [...block.querySelectorAll(".of-thing")];
    const size = spans.reduce((sum, span) => sum + (span.textContent?.length ?? 0), 0);
    if (size > most) [most, found] = [size, spans[0]];
  }
  return found;
}

export function scrollToMark() {
  const target = story.querySelector("mark") ?? fullest();
  if (!target || textScroll.clientHeight === 0) return;
  const box = target.getBoundingClientRect();
  const frame = textScroll.getBoundingClientRect();
  if (box.top >= frame.top + 24 && box.bottom <= frame.bottom - 24) return;
  textScroll.scrollTop += box.top - frame.top - frame.height / 3;
}

story.addEventListener("refocus", (event) => {
  if (event.target instanceof HTMLElement) event.target.focus({ preventScroll: true });
});
story.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
  if (!step || !(event.target instanceof HTMLElement) || !event.target.matches(".passage")) return;
  const all = /** @type {HTMLElement[]} */ ([...story.querySelectorAll(".passage")]);
  const next = all[all.indexOf(event.target) + step];
  if (!next) return;
  event.preventDefault();
  event.target.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
});

/* ---------------------------------------------------------------- words that a person draws over */

/** What tells a text from the article's others, in an address. @param {import("./types.js").Article} article */
export const textName = (article) => (article.source === ORIGINAL ? ORIGINAL : article.language);

/**
 * A stretch of a text, as an address has it: zh-Hant:120,180.
 * @param {string} stretch
 * @returns {(Span & {text: string}) | null}
 */
export function stretchIn(stretch) {
  const found = /^([\w-]{1,35}):(\d{1,9}),(\d{1,9})$/.exec(stretch);
  return found ? { text: found[1], start: Number(found[2]), end: Number(found[3]) } : null;
}
