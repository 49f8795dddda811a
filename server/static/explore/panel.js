// What this module knows: how a panel is opened by a button above the picture, and closed. One is open at a time.

import { element, find, say } from "./page.js";

/**
 * @typedef {{box: HTMLElement, head: HTMLElement, body: HTMLElement, button: HTMLElement, isOpen: () => boolean, open: () => void, close: () => void}} Panel
 */

const buttons = find(".panel-buttons");
const frame = find(".panels");
/** On a telephone the buttons lead the legend's row: the picture needs the height. */
const phone = matchMedia("(max-width: 40rem)");
const settle = () => (phone.matches ? find(".legend").prepend(buttons) : find(".tools").append(buttons));
phone.addEventListener("change", settle);
settle();
/** @type {Panel | null} */
let current = null;

/**
 * A button among the tools.
 * @param {string} name of the words `panel.<name>`
 * @param {(event: MouseEvent) => void} act
 * @param {Record<string, string | boolean>} [how] more attributes
 */
export function toolButton(name, act, how = {}) {
  const button = element("button", { type: "button", "data-panel": name, ...how, click: act }, say(`panel.${name}`));
  buttons.append(button);
  return button;
}

/**
 * A panel below the picture, and the button that opens it. Escape closes it, and the focus goes back to the button.
 * @param {string} name
 * @param {{opened?: () => void, closed?: () => void}} tell
 * @returns {Panel}
 */
export function panel(name, { opened, closed }) {
  const body = element("div", { class: "panel-body" });
  const head = element("div", { class: "panel-tools" });
  const id = `panel-${name}`;
  const box = element("section", { class: `panel ${name}`, id, "aria-label": say(`panel.${name}`), hidden: true },
    element("div", { class: "panel-head" }, element("h2", {}, say(`panel.${name}`)), head,
      element("button", { type: "button", class: "close", "aria-label": say("panel.close", { name: say(`panel.${name}`) }), click: () => close(true) }, "×")),
    body);
  frame.append(box);
  const button = toolButton(name, () => (box.hidden ? open() : close(false)), { "aria-expanded": "false", "aria-controls": id });
  function open() {
    if (!box.hidden) return;
    current?.close();
    current = made;
    box.hidden = false;
    button.setAttribute("aria-expanded", "true");
    opened?.();
  }
  /** @param {boolean} [back] whether the focus goes back to the button */
  function close(back = false) {
    if (box.hidden) return;
    const inside = box.contains(document.activeElement);
    box.hidden = true;
    if (current === made) current = null;
    button.setAttribute("aria-expanded", "false");
    if (back || inside) button.focus();
    closed?.();
  }
  for (const part of [box, button]) {
    part.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || box.hidden) return;
      event.preventDefault();
      close(true);
    });
  }
  const made = { box, head, body, button, isOpen: () => !box.hidden, open, close: () => close(false) };
  return made;
}

/**
 * A dialog, and the button that opens it; the browser closes it by Escape and gives the focus back.
 * @param {string} name
 * @param {(body: HTMLElement) => void} fill called each time before it is shown
 */
export function dialogPanel(name, fill) {
  const body = element("div", { class: "dialog-body" });
  const title = `dialog-${name}`;
  const dialog = /** @type {HTMLDialogElement} */ (element("dialog", { class: name, "aria-labelledby": title },
    element("form", { method: "dialog" }, element("button", { class: "close", "aria-label": say("close") }, "×")),
    element("h2", { id: title }, say(`panel.${name}`)), body));
  find("main.explore").append(dialog);
  const button = toolButton(name, () => {
    fill(body);
    dialog.showModal();
    button.setAttribute("aria-expanded", "true");
  }, { "aria-haspopup": "dialog", "aria-expanded": "false" });
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    button.setAttribute("aria-expanded", "false");
    button.focus();
  });
  return dialog;
}
