// What this module knows: the elements and the words of the page. Labels are written as text, never as markup.

/** @import {Named, Term} from "./types.js" */

/**
 * @param {string} selector
 * @param {ParentNode} [within]
 * @returns {HTMLElement}
 */
export function find(selector, within = document) {
  const found = within.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`The page lacks ${selector}.`);
  return found;
}

/**
 * Make an element; attributes that are null or false are left out, children that are strings become text.
 * @param {string} name
 * @param {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} attributes
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElement}
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, String(value));
  }
  for (const child of children) if (child) made.append(child);
  return made;
}

/** @type {Record<string, string>} */
export const MESSAGES = JSON.parse(find("#shuangma-messages").textContent || "{}");

/**
 * The words for a key, with its braces filled in.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function say(key, values = {}) {
  const words = MESSAGES[`explore.${key}`] ?? key;
  return words.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** @param {Term | Named | string | null | undefined} term */
export const wording = (term) => (!term ? "" : typeof term === "string" ? term : "label" in term ? term.label : term.text);

export const page = find("main.explore");
export const language = page.dataset.language || "zh-Hant";
