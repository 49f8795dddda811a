// What this module knows: the elements, words and settings of the query page. What comes from data is
// written as text, never as markup.

import { MESSAGES, element, find, speaker } from "../elements.js";

export { element, find };

/**
 * @typedef {{name: string, label: string, suffix: string}} Format
 * @typedef {{endpoint: string, language: string, defaultGraph: "union" | "strict", prefixes: Record<string, string>,
 *   namespace: string, passage: string, links: boolean, formats: {solutions: Format[], graph: Format[]}}} Settings
 */

/** @param {string} id */
const json = (id) => JSON.parse(document.getElementById(id)?.textContent || "{}");

/** @type {Settings} */
export const settings = json("query-settings");
/** @type {{query: string, starter: string}} */
export const given = json("query-given");

export const say = speaker("query");

/** Whether there are words for a key. @param {string} key */
export const says = (key) => `query.${key}` in MESSAGES;

const NUMBER = new Intl.NumberFormat(settings.language);
/** @param {number} number */
export const figure = (number) => NUMBER.format(number);

/**
 * Words with a count; one has its own words where there are some.
 * @param {string} key
 * @param {number} count
 */
export const counted = (key, count) => say(count === 1 && says(`${key}.one`) ? `${key}.one` : key, { count: figure(count) });

/**
 * A button of the page's look.
 * @param {string} text
 * @param {(event: Event) => void} act
 * @param {Record<string, string | boolean | null>} [attributes]
 */
export const button = (text, act, attributes = {}) =>
  element("button", { type: "button", class: "button", click: act, ...attributes }, text);

/**
 * POST JSON to the interface; an error that is told is thrown with its words.
 * @param {string} path
 * @param {object} body
 * @param {AbortSignal} [signal]
 */
export async function send(path, body, signal) {
  const answer = await fetch(`${path}?lang=${settings.language}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Accept: "application/json" },
    body: JSON.stringify(body),
    signal,
  });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.detail ?? `${answer.status}`);
  return told;
}

/** @type {Map<string, Promise<void>>} */
const loaded = new Map();

/**
 * Load a script of ours that makes a global, once.
 * @param {string} address
 */
export function script(address) {
  let loading = loaded.get(address);
  if (!loading) {
    loading = new Promise((resolve, reject) => {
      const made = element("script", { src: address });
      made.async = false;
      made.addEventListener("load", () => resolve());
      made.addEventListener("error", () => reject(new Error(address)));
      document.head.append(made);
    });
    loaded.set(address, loading);
  }
  return loading;
}

/**
 * Load a stylesheet of ours, once. What is drawn before it is there may take its box for empty.
 * @param {string} address
 */
export function style(address) {
  let loading = loaded.get(address);
  if (!loading) {
    loading = new Promise((resolve) => {
      const made = element("link", { rel: "stylesheet", href: address });
      made.addEventListener("load", () => resolve());
      made.addEventListener("error", () => resolve());
      document.head.append(made);
    });
    loaded.set(address, loading);
  }
  return loading;
}

/** Where the libraries are. */
export const vendor = find("main.query").dataset.vendor ?? "";

/**
 * A dialog with a heading and a way to close it; it is removed when it closes.
 * @param {string} title
 * @param {...(Node | string | null | false)} content
 */
export function dialog(title, ...content) {
  const made = element("dialog", { class: "query-dialog", "aria-labelledby": "query-dialog-title" },
    element("h2", { id: "query-dialog-title" }, title), ...content,
    element("p", { class: "dialog-close" }, button(say("close"), () => made.close())));
  made.addEventListener("close", () => made.remove());
  made.addEventListener("click", (event) => { if (event.target === made) made.close(); });
  document.body.append(made);
  made.showModal();
  return made;
}

/**
 * Put a text on the clipboard and say so on the button that asked.
 * @param {string} text
 * @param {HTMLElement} asked
 */
export async function copy(text, asked) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = element("textarea", { class: "hidden-text", "aria-hidden": "true" });
    area.value = text;
    (asked.closest("dialog") ?? document.body).append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  asked.textContent = say("copied");
  setTimeout(() => { asked.textContent = say("copy"); }, 2000);
}
