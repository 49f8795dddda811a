// What this module knows: how a text box offers completions in a list below it (ARIA 1.2, combobox with a
// listbox popup and manual selection). It knows nothing of where completions come from or what choosing
// one means: both are passed in. Labels are written as text, never as markup.

/**
 * What can be chosen. `detail` stands beside the label in small type; `language` is the label's (BCP 47).
 * @template T
 * @typedef {{label: string, detail?: string | null, language?: string | null, value: T}} Suggestion
 */

/**
 * `source` gives the completions of a text; its signal is aborted when they are not wanted any more.
 * `choose` is called with the one that was chosen. `words` are said to screen readers, with `{count}`
 * filled in; `tell` shows to all that nothing was found. `enter` says what Enter does while no completion is marked: "form" leaves it to the form,
 * "first" chooses the first completion of what stands in the box. `keep` leaves the text in the box
 * as it was when a completion is chosen; else its label is put there.
 * @template T
 * @typedef {{
 *   source: (text: string, signal: AbortSignal) => Promise<Suggestion<T>[]>,
 *   choose: (chosen: Suggestion<T>, event: Event) => void,
 *   words?: {name?: string, count?: string, none?: string, failed?: string},
 *   enter?: "form" | "first",
 *   keep?: boolean,
 *   tell?: boolean,
 *   wait?: number,
 * }} ComboboxOptions
 */

const WAIT_MS = 120;
const PAGE = 5;
let made = 0;

/**
 * Make a text box a combobox. The list is put after the box, in a frame around both; the box keeps its
 * label, which names the combobox.
 * @template T
 * @param {HTMLInputElement} input
 * @param {ComboboxOptions<T>} options
 * @returns {{close: () => void, remove: () => void}}
 */
export function combobox(input, { source, choose, words = {}, enter = "form", keep = false, tell = false, wait = WAIT_MS }) {
  const id = `combobox-${(made += 1)}`;
  const frame = framed(input);
  const list = document.createElement("ul");
  list.id = `${id}-list`;
  list.className = "combobox-list";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  const name = words.name ?? input.getAttribute("aria-label") ?? input.labels?.[0]?.textContent ?? "";
  if (name.trim()) list.setAttribute("aria-label", name.trim());
  const status = document.createElement("span");
  status.className = "hidden-text";
  status.setAttribute("role", "status");
  frame.append(list, status);

  const attributes = {
    role: "combobox", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-expanded": "false",
    "aria-controls": list.id, autocomplete: "off", autocapitalize: "off", spellcheck: "false",
  };
  for (const [key, value] of Object.entries(attributes)) input.setAttribute(key, value);

  /** @type {Suggestion<T>[]} */
  let found = [];
  /** The text that `found` completes, the one that is being asked for, the one last put in by choosing. */
  let answered = "";
  let asked = "";
  let marked = -1;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {AbortController | null} */
  let asking = null;
  /** @type {Event | null} */
  let awaited = null;

  /** @param {boolean} open */
  function show(open) {
    list.hidden = !open || !found.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (list.hidden) mark(-1);
    status.className = tell && open && answered && !found.length ? "combobox-none" : "hidden-text";
  }

  /** @param {number} index */
  function mark(index) {
    list.children[marked]?.setAttribute("aria-selected", "false");
    marked = index;
    const option = list.children[index];
    if (option) {
      option.setAttribute("aria-selected", "true");
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  }

  /** @param {number} by */
  function move(by) {
    if (list.hidden) {
      if (found.length && answered === input.value.trim()) show(true);
      else return ask(0);
    }
    const places = found.length + 1; // the box itself is one of them, before the first and after the last
    const last = found.length - 1;
    mark(Math.abs(by) > 1 ? Math.min(last, Math.max(0, marked + by)) : ((marked + by + 1 + places) % places) - 1);
  }

  function stop() {
    clearTimeout(timer);
    asking?.abort();
    asking = awaited = null;
  }

  /** @param {number} after */
  function ask(after) {
    const text = input.value.trim();
    if (asking && asked === text && after > 0) return;
    stop();
    asked = text;
    if (!text) {
      found = [];
      answered = "";
      list.replaceChildren();
      status.textContent = "";
      return show(false);
    }
    const control = (asking = new AbortController());
    timer = setTimeout(async () => {
      try {
        const got = await source(text, control.signal);
        if (asking === control) fill(text, got);
      } catch (problem) {
        if (asking !== control) return; // it was given up
        console.warn(problem);
        found = [];
        status.textContent = words.failed ?? "";
        show(false);
        stop();
      }
    }, after);
  }

  /**
   * @param {string} text
   * @param {Suggestion<T>[]} got
   */
  function fill(text, got) {
    const event = awaited;
    stop();
    answered = text;
    found = got;
    marked = -1;
    list.replaceChildren(...got.map((one, index) => option(one, `${list.id}-${index}`)));
    const told = got.length ? words.count : words.none;
    status.textContent = (told ?? "").replace("{count}", String(got.length));
    show(document.activeElement === input);
    const first = got[0];
    if (event && first) take(first, event);
  }

  /**
   * @param {Suggestion<T>} one
   * @param {string} key
   */
  function option(one, key) {
    const item = document.createElement("li");
    item.id = key;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    const label = document.createElement("bdi"); // a label that is written right to left stays to itself
    label.textContent = one.label;
    if (one.language) label.lang = one.language;
    item.append(label);
    if (one.detail) {
      const detail = document.createElement("bdi");
      detail.className = "detail";
      detail.textContent = one.detail;
      item.append(" ", detail);
    }
    item.addEventListener("click", (event) => take(one, event));
    return item;
  }

  /**
   * @param {Suggestion<T>} one
   * @param {Event} event
   */
  function take(one, event) {
    stop();
    if (!keep) input.value = one.label;
    answered = input.value.trim();
    show(false);
    choose(one, event);
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return; // an input method is at work
    const chosen = found[marked];
    switch (event.key) {
      case "ArrowDown":
        if (event.altKey) found.length && answered === input.value.trim() ? show(true) : ask(0);
        else move(1);
        break;
      case "ArrowUp":
        if (event.altKey) show(false);
        else move(-1);
        break;
      case "PageDown":
      case "PageUp":
        if (list.hidden) return;
        move(event.key === "PageDown" ? PAGE : -PAGE);
        break;
      case "Enter":
        if (!list.hidden && chosen) take(chosen, event);
        else if (enter === "first" && input.value.trim()) {
          const first = found[0];
          if (first && answered === input.value.trim()) take(first, event);
          else {
            if (!asking || asked !== input.value.trim()) ask(0);
            awaited = event; // chosen as soon as it is known
          }
        } else return show(false); // the form's
        break;
      case "Escape":
        if (!list.hidden) show(false);
        else if (input.value) {
          input.value = "";
          ask(0);
        } else return;
        break;
      case "Home":
      case "End":
      case "ArrowLeft":
      case "ArrowRight":
        return mark(-1); // the box's own, for the place of the caret
      case "Tab":
        return show(false);
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  const type = () => ask(wait);
  const leave = () => show(false);
  const hold = (/** @type {Event} */ event) => event.preventDefault(); // the box keeps the focus
  const reopen = () => {
    if (list.hidden && (found.length || tell) && answered === input.value.trim()) show(true);
  };
  input.addEventListener("input", type);
  input.addEventListener("keydown", press);
  input.addEventListener("blur", leave);
  input.addEventListener("click", reopen);
  list.addEventListener("mousedown", hold);

  return {
    close: () => {
      stop();
      show(false);
    },
    remove: () => {
      stop();
      input.removeEventListener("input", type);
      input.removeEventListener("keydown", press);
      input.removeEventListener("blur", leave);
      input.removeEventListener("click", reopen);
      for (const key of Object.keys(attributes)) input.removeAttribute(key);
      input.removeAttribute("aria-activedescendant");
      list.remove();
      status.remove();
    },
  };
}

/**
 * The frame that the list hangs from: the one around the box, or one that is made.
 * @param {HTMLInputElement} input
 * @returns {Element}
 */
function framed(input) {
  const parent = input.parentElement;
  if (parent?.classList.contains("combobox")) return parent;
  const frame = document.createElement("span");
  frame.className = "combobox";
  input.replaceWith(frame);
  frame.append(input);
  return frame;
}
