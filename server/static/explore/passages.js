// What this module knows: how words that a person draws over, by mouse or by keys, light up what they say in the picture.

/** @import {Span} from "./types.js" */
import { open, remember } from "./selection.js";
import { story, textName } from "./text.js";
import { view } from "./view.js";

const PAUSE_MS = 350;
let isDown = false;
let pause = 0;
/** The words that were answered last: who draws over them again is not answered twice. */
let last = "";

addEventListener("pointerdown", () => void (isDown = true), { capture: true });
for (const name of ["pointerup", "pointercancel"]) {
  addEventListener(name, () => {
    isDown = false;
    wait();
  }, { capture: true });
}
document.addEventListener("selectionchange", wait);

function wait() {
  clearTimeout(pause);
  if (!isDown) pause = setTimeout(answer, PAUSE_MS);
}

/**
 * How many code points of the text stand before a place in it.
 * @param {Node} node
 * @param {number} offset
 * @returns {number | null}
 */
function positionOf(node, offset) {
  const inside = node instanceof Element ? node : node.parentElement;
  const block = inside?.closest("[data-block]");
  const index = Number(block?.getAttribute("data-block"));
  const known = view.article?.blocks[index];
  if (!block || !known || !story.contains(block)) return null;
  const before = document.createRange();
  before.setStart(block, 0);
  before.setEnd(node, offset);
  return known.start + Array.from(before.toString()).length;
}

/** The stretch of the text that is selected. @returns {Span | null} */
function selected() {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount || !selection.toString().trim()) return null;
  const range = selection.getRangeAt(0);
  if (!range.intersectsNode(story)) return null;
  const blocks = [...story.querySelectorAll("[data-block]")].filter((block) => range.intersectsNode(block));
  if (!blocks.length) return null;
  // What reaches beyond the text counts to its edge.
  const start = positionOf(range.startContainer, range.startOffset) ?? positionOf(blocks[0], 0);
  const end = positionOf(range.endContainer, range.endOffset) ?? positionOf(blocks[blocks.length - 1], blocks[blocks.length - 1].childNodes.length);
  return start !== null && end !== null && start < end ? { start, end } : null;
}

/**
 * The node and the offset at a position of the text.
 * @param {number} position
 * @returns {[Node, number] | null}
 */
function placeAt(position) {
  const index = view.article?.blocks.findIndex((block) => position >= block.start && position <= block.end) ?? -1;
  const block = view.article?.blocks[index];
  const target = story.querySelector(`[data-block="${index}"]`);
  if (!block || !target) return null;
  let left = position - block.start;
  const walker = document.createTreeWalker(target, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const letters = Array.from(node.nodeValue ?? "");
    if (left <= letters.length) return [node, letters.slice(0, left).join("").length];
    left -= letters.length;
  }
  return null;
}

/** Select the same words again, so that they can be copied or drawn further: what is marked was written anew. @param {Span} span @param {boolean} backward */
function selectAgain(span, backward) {
  const [start, end] = [placeAt(span.start), placeAt(span.end)];
  if (!start || !end) return;
  const [anchor, focus] = backward ? [end, start] : [start, end];
  getSelection()?.setBaseAndExtent(...anchor, ...focus);
}

async function answer() {
  const span = selected();
  if (!span || !view.article) {
    last = "";
    return;
  }
  const passage = `${textName(view.article)}:${span.start},${span.end}`;
  if (passage === last) return;
  last = passage;
  const selection = getSelection();
  const backward = Boolean(selection?.anchorNode && selection.focusNode &&
    (selection.anchorNode === selection.focusNode ? selection.anchorOffset > selection.focusOffset
      : selection.anchorNode.compareDocumentPosition(selection.focusNode) & Node.DOCUMENT_POSITION_PRECEDING));
  const before = view.article;
  // On a narrow screen the text stays: whoever is drawing over it may want to go on.
  remember({ passage });
  await open({ passage }, {});
  if (view.article === before && view.selection.passage === passage) selectAgain(span, backward);
}
