// What this module knows: six short steps that show a first visitor around. It covers nothing, and leaves the focus alone.

import { element, find, page, say, touches } from "./page.js";
import { toolButton } from "./panel.js";
import { canAsk } from "./source.js";
import { view } from "./view.js";

/** What each step speaks of; its words are `tour.<name>`. */
const ALL = [["picture", ".canvas-frame"], ["legend", ".legend"], ["facts", ".pane.facts"], ["text", ".pane.text"], ["find", ".tools .finder"], ["panels", ".panel-buttons"]];
/** @type {Record<string, string>} */
const NARROW = { legend: ".legend .camps", facts: "#tab-facts", text: "#tab-text" };
/** The steps that this page has: not every dataset has an article. */
const STEPS = ALL.filter(([name]) => name !== "text" || page.dataset.article);
const KEY = "shuangma-tour";
const DONE = "done";

const title = element("h2", { tabindex: -1 });
const words = element("p", {});
const back = element("button", { type: "button", class: "act", click: () => turnTo(step - 1) }, say("tour.back"));
const next = element("button", { type: "button", class: "act next", click: () => (step < STEPS.length - 1 ? turnTo(step + 1) : end()) });
const card = element("section", { class: "tour", "aria-label": say("tour"), hidden: true },
  element("button", { type: "button", class: "close", "aria-label": say("tour.end"), click: end }, "×"),
  element("div", { "aria-live": "polite" }, title, words), element("p", { class: "acts" }, back, next));
let step = 0;

/** @param {number} to */
function turnTo(to) {
  step = to;
  const [name, target] = STEPS[step];
  title.textContent = `${step + 1} / ${STEPS.length} · ${say(`tour.${name}`)}`;
  words.textContent = say(touches && name === "find" ? "tour.find.touch" : `tour.${name}.words`);
  /** @type {HTMLButtonElement} */ (back).disabled = step === 0;
  next.textContent = say(step < STEPS.length - 1 ? "tour.next" : "tour.done");
  for (const shown of document.querySelectorAll(".in-tour")) shown.classList.remove("in-tour");
  // There a pane that is not to be seen is told by its tab.
  const place = document.querySelector(narrow.matches ? (NARROW[name] ?? target) : target);
  place?.classList.add("in-tour");
  place?.scrollIntoView({ block: "nearest", inline: "start" });
}

/** The card stands in the facts, which are nearly empty at first; on a narrow screen below the pane that is shown. */
const narrow = matchMedia("(max-width: 61.99rem)");
function settle() {
  if (narrow.matches) page.append(card);
  else find(".pane.facts").append(card);
}

function begin() {
  settle();
  card.hidden = false;
  turnTo(0);
}

function end() {
  const inside = card.contains(document.activeElement);
  card.hidden = true;
  for (const shown of document.querySelectorAll(".in-tour")) shown.classList.remove("in-tour");
  if (inside) again?.focus();
  try {
    localStorage.setItem(KEY, DONE);
  } catch {
    // A browser that keeps nothing shows the tour at the next visit too.
  }
}

function isDone() {
  try {
    return localStorage.getItem(KEY) === DONE;
  } catch {
    return false;
  }
}

// A saved picture is a finished thing: nobody is shown around in it.
const again = canAsk ? toolButton("tour", () => {
  begin();
  title.focus();
}, { "aria-label": say("tour.again"), title: say("tour.again") }) : null;
narrow.addEventListener("change", () => card.hidden || settle());
card.addEventListener("keydown", leave);
document.addEventListener("keydown", (event) => {
  // Elsewhere Escape closes what is open or selected first.
  const other = event.target instanceof Element && event.target.closest("dialog, .panel, .panel-buttons, .combobox");
  if (!other && !Object.keys(view.selection).length) leave(event);
}, { capture: true });
// Who sets about the page needs the room: the tour steps aside, and "?" brings it back.
for (const act of ["pointerdown", "input"]) {
  document.addEventListener(act, ({ target }) => card.hidden || (target instanceof Node && card.contains(target)) || end(), { capture: true });
}
/** @param {KeyboardEvent} event */
function leave(event) {
  if (event.key !== "Escape" || event.defaultPrevented || card.hidden) return;
  event.preventDefault();
  end();
}
if (again && !isDone()) begin();
