// What this module knows: how elements are found and made, and how the words of a page are said. What comes from
// data is written as text, never as markup.

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
 * @template {string} K
 * @param {K} name
 * @param {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} [attributes]
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {K extends keyof HTMLElementTagNameMap ? HTMLElementTagNameMap[K] : HTMLElement}
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key, value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== null && value !== undefined && value !== false) made.setAttribute(key, String(value));
  }
  for (const child of children) if (child) made.append(child);
  return /** @type {any} */ (made);
}

/** The words that the document brings. @type {Record<string, string>} */
export const MESSAGES = JSON.parse(document.getElementById("shuangma-messages")?.textContent || "{}");

/**
 * What says the words for a key of one page, with their braces filled in.
 * @param {string} page
 */
export function speaker(page) {
  /**
   * @param {string} key
   * @param {Record<string, string | number>} [values]
   */
  return (key, values = {}) => {
    const words = MESSAGES[`${page}.${key}`] ?? key;
    return words.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
  };
}
