// What this module knows: the tools above the picture: search, back and forth, and what opens a panel.

import { combobox } from "../combobox.js";
import { thingsNamed } from "../suggestions.js";
import { fit, isTouched } from "./camera.js";
import { openFollow } from "./follow.js";
import { gather } from "./gathering.js";
import { find, language, say } from "./page.js";
import { orTwo } from "./pairs.js";
import { onDoublePress } from "./picture.js";
import { go } from "./selection.js";
import { canAsk } from "./source.js";
import { canRedo, canUndo, nodes, onChange, redo, show, undo, view } from "./view.js";

const back = /** @type {HTMLButtonElement} */ (find("#undo"));
const forth = /** @type {HTMLButtonElement} */ (find("#redo"));

function showSteps() {
  back.disabled = !canUndo();
  forth.disabled = !canRedo();
}
/** Who has not moved the picture sees all of what there is after a step. @param {() => void} step */
function take(step) {
  step();
  if (!isTouched()) fit();
}
back.addEventListener("click", () => take(undo));
forth.addEventListener("click", () => take(redo));
onChange(showSteps);
showSteps();

/** @param {EventTarget | null} target */
const writes = (target) => target instanceof HTMLElement && target.matches("input:not([type=checkbox]), textarea, select");

document.addEventListener("keydown", (event) => {
  const key = event.key.toLowerCase();
  if (writes(event.target) || document.querySelector("dialog[open]")) return;
  if ((event.ctrlKey || event.metaKey) && !event.altKey) {
    if (key === "z" || key === "y") {
      event.preventDefault();
      take(key === "y" || event.shiftKey ? redo : undo);
    }
    return;
  }
  const iri = view.selection.select;
  if (event.key === "/" && !event.altKey) {
    event.preventDefault();
    find("#find").focus();
  } else if (event.key === "Enter" && iri && event.target instanceof HTMLElement && event.target.matches(".canvas")) {
    event.preventDefault();
    void openFollow(iri, event.target);
  } else if (key === "g" && iri && event.target instanceof HTMLElement && event.target.closest(".pane")) gather(iri);
});
onDoublePress((iri) => void openFollow(iri, find(".canvas")));

/**
 * Things of this name on the page: a saved picture knows no others.
 * @param {string} text
 */
async function known(text) {
  const folded = text.toLocaleLowerCase(language);
  const found = [...nodes.values()].filter((node) => node.label.toLocaleLowerCase(language).includes(folded)).slice(0, 10);
  return found.map((node) => ({ label: node.label, detail: node.className, value: [node.id] }));
}

const box = /** @type {HTMLInputElement} */ (find("#find"));
combobox(box, {
  // A saved picture cannot ask what connects two things.
  source: canAsk ? orTwo(thingsNamed(language)) : known,
  enter: "first",
  tell: true,
  words: { name: say("find"), count: say("find.count"), none: say("find.none"), failed: say("find.failed") },
  choose: async ({ value }) => {
    await go(value.length > 1 ? { connect: value.join(" ") } : { select: value[0] }, { focus: true });
    show(value.flatMap((iri) => nodes.get(iri) ?? []));
    if (!isTouched()) fit();
  },
});
