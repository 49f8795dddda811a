// What this module knows: links to a query, code that asks it, and its answer as a file.

/** @import {Answer} from "./answer.js" */
/** @import {Tab} from "./tabs.js" */

import { button, copy, dialog, element, say, send, settings } from "./page.js";

const LONGEST_ADDRESS = 7000;
const CHOSEN_KEY = "shuangma.code";

/** The part of an address that holds a query. @param {Tab} tab */
export function hashOf(tab) {
  const parts = new URLSearchParams({ query: tab.query });
  if (tab.view !== "table") parts.set("view", tab.view);
  // In a fragment a plus is a plus (RFC 3986, 3.5).
  return `#${parts.toString().replace(/\+/g, "%20")}`;
}

/** What an address's fragment asks. @param {string} hash */
export function fromHash(hash) {
  const parts = new URLSearchParams(hash.slice(1).replace(/\+/g, "%2B"));
  const query = parts.get("query");
  return query ? { query, view: parts.get("view") ?? undefined } : null;
}

/** @param {string} label @param {string} value */
function copied(label, value) {
  const box = element("input", { readonly: true, value, "aria-label": label, class: "link-box" });
  box.addEventListener("focus", () => box.select());
  const asked = button(say("copy"), () => void copy(value, asked));
  return element("p", { class: "copy-line" }, element("span", { class: "small" }, label), box, asked);
}

/** @param {Tab} tab */
export function share(tab) {
  const path = `/sparql${hashOf(tab)}`;
  const short = element("div", { class: "short-link" });
  if (settings.links) {
    const ask = button(say("share.make"), async () => {
      ask.disabled = true;
      try {
        const made = await send("/api/links", { path });
        short.replaceChildren(copied(say("share.short"), location.origin + made.path), element("p", { class: "small muted" }, say("share.kept")));
      } catch (error) {
        short.append(element("p", { class: "small", role: "alert" }, error instanceof Error ? error.message : String(error)));
      }
    });
    short.append(ask);
  }
  dialog(say("share.title"), copied(say("share.long"), location.origin + path), short);
}

/** @param {string} query */
export async function showCode(query) {
  const text = element("code");
  const frame = element("pre", { class: "code-text", tabindex: "0" }, text);
  const picker = element("select", { "aria-label": say("code.pick") });
  const asked = button(say("copy"), () => void copy(text.textContent ?? "", asked));
  dialog(say("code.title"), element("p", { class: "table-bar" }, picker, asked), frame);
  text.textContent = say("loading");
  try {
    const { snippets } = await send("/api/code", { query });
    picker.append(...snippets.map((/** @type {any} */ snippet) => element("option", { value: snippet.name }, snippet.label)));
    const show = () => {
      text.textContent = snippets.find((/** @type {any} */ snippet) => snippet.name === picker.value)?.code ?? "";
      remember(picker.value);
    };
    const last = remembered();
    if (snippets.some((/** @type {any} */ snippet) => snippet.name === last)) picker.value = last ?? "";
    picker.addEventListener("change", show);
    show();
  } catch (error) {
    text.textContent = error instanceof Error ? error.message : String(error);
  }
}

function remembered() {
  try {
    return localStorage.getItem(CHOSEN_KEY);
  } catch {
    return null;
  }
}

/** @param {string} name */
function remember(name) {
  try {
    localStorage.setItem(CHOSEN_KEY, name);
  } catch {
    // It is asked again next time.
  }
}

/**
 * The ways to take an answer away.
 * @param {Answer} answer
 * @param {(message: string) => void} failed
 */
export function downloads(answer, failed) {
  const formats = settings.formats[answer.kind === "graph" ? "graph" : "solutions"];
  const usable = answer.kind === "boolean" ? formats.filter(({ name }) => name === "json" || name === "xml") : formats;
  return element("span", { class: "downloads-of-answer small" }, `${say("download")} `, ...usable.map(({ name, label, suffix }) => {
    const file = `answer.${suffix}`;
    const address = `${settings.endpoint}?${new URLSearchParams({ query: answer.query, format: name })}`;
    if (address.length <= LONGEST_ADDRESS) return element("a", { href: address, download: file }, label);
    return element("button", { type: "button", class: "plain link", click: () => void fetched(answer.query, name, file, failed) }, label);
  }));
}

/**
 * A query that is too long for an address is posted.
 * @param {string} query @param {string} format @param {string} file @param {(message: string) => void} failed
 */
async function fetched(query, format, file, failed) {
  const answer = await fetch(settings.endpoint, { method: "POST", body: new URLSearchParams({ query, format }), headers: { Accept: "*/*" } });
  if (!answer.ok) {
    failed((await answer.json()).detail ?? String(answer.status));
    return;
  }
  const address = URL.createObjectURL(await answer.blob());
  const link = element("a", { href: address, download: file });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
