// What this module knows: what of the view can be taken away: its link, its picture, its data, the query that yields it.

import { wholeAddress } from "./address.js";
import { cameraNow, isTouched } from "./camera.js";
import { pngFile, svgFile } from "./drawing.js";
import { element, language, numeral, page, say } from "./page.js";
import { dialogPanel } from "./panel.js";
import { placesInView } from "./picture.js";
import { canAsk } from "./source.js";
import { currentChanges, shown, shownLines, view } from "./view.js";

const FORMATS = [["csv", "CSV"], ["ttl", "Turtle"], ["jsonld", "JSON-LD"], ["graphml", "GraphML"], ["gexf", "GEXF"]];

dialogPanel("take", (body) => {
  const said = element("p", { class: "said-now small", role: "status" });
  const tell = (/** @type {string} */ words) => void (said.textContent = words);
  body.replaceChildren(
    element("p", { class: "muted" }, say("take.exactly", { things: numeral(shown().length), lines: numeral(shownLines().length) })),
    ...(canAsk ? [linkPart(tell)] : []),
    part("take.picture", element("div", { class: "buttons" },
      fileButton("PNG", "png", pngFile, tell), fileButton("SVG", "svg", async (title) => svgFile(title), tell),
      canAsk ? download("html", say("take.html")) : null)),
    ...(canAsk ? [part("take.data", element("div", { class: "buttons" }, ...FORMATS.map(([suffix, name]) => download(suffix, name)))), queryPart(tell)] : []),
    said);
});

/** @param {string} key @param {...(Node | null)} children */
const part = (key, ...children) => element("section", {}, element("h3", {}, say(key)), ...children);

/** @param {unknown} error */
const reasonOf = (error) => say("take.failed", { reason: error instanceof Error ? error.message : String(error) });

/** What the service is told of the view. */
function viewNow() {
  return { things: shown().map((node) => node.id), edges: shownLines().map((edge) => edge.id), language };
}

/** @param {string} suffix */
function addressOfExport(suffix) {
  const older = view.edition && page.dataset.edition && view.edition !== page.dataset.edition ? `&edition=${view.edition}` : "";
  return `/export/view.${suffix}?lang=${language}${older}`;
}

/**
 * A form that the browser downloads from: no script waits for the file.
 * @param {string} suffix
 * @param {string} name
 */
function download(suffix, name) {
  const field = /** @type {HTMLInputElement} */ (element("input", { type: "hidden", name: "view" }));
  return element("form", { method: "post", action: addressOfExport(suffix), submit: () => {
    const whole = suffix === "html" ? { ...viewNow(), places: placesInView(), camera: isTouched() ? cameraNow() : null, parts: currentChanges().parts } : viewNow();
    field.value = JSON.stringify(whole);
  } }, field, element("button", { class: "act" }, name));
}

/**
 * @param {string} name
 * @param {string} suffix
 * @param {(title: string) => Promise<Blob>} make
 * @param {(words: string) => void} tell
 */
function fileButton(name, suffix, make, tell) {
  return element("button", { type: "button", class: "act", click: async () => {
    try {
      const url = URL.createObjectURL(await make(document.title));
      const link = element("a", { href: url, download: `shuangma.${suffix}` });
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), 60_000);
      tell(say("take.saved", { name: `shuangma.${suffix}` }));
    } catch (error) {
      tell(reasonOf(error));
    }
  } }, name);
}

/** @param {(words: string) => void} tell */
function linkPart(tell) {
  const box = /** @type {HTMLInputElement} */ (element("input", { type: "text", readonly: true, "aria-label": say("take.link"), focus: () => box.select() }));
  const copy = element("button", { type: "button", class: "act", click: async () => {
    try {
      await navigator.clipboard.writeText(box.value);
      tell(say("take.copied"));
    } catch {
      // Without the clipboard, as on a page that is not secure, the link is marked to be copied by hand.
      box.select();
      tell(say("take.copy.hand"));
    }
  } }, say("take.copy"));
  const short = element("button", { type: "button", class: "act", click: async () => {
    try {
      const address = new URL(await wholeAddress());
      const answer = await fetch("/api/links", { method: "POST", headers: { "Content-Type": "application/json", Accept: "application/json" },
        body: JSON.stringify({ path: `${address.pathname}${address.search}${address.hash}` }) });
      const told = await answer.json();
      if (!answer.ok) throw new Error(told.detail ?? String(answer.status));
      box.value = new URL(told.path, location.href).href;
      box.select();
      tell(say("take.shortened"));
    } catch (error) {
      tell(reasonOf(error));
    }
  } }, say("take.short"));
  void wholeAddress().then((address) => (box.value = address));
  return part("take.link", element("div", { class: "link-line" }, box, copy, short), element("p", { class: "muted small" }, say("take.link.help")));
}

/** @param {(words: string) => void} tell */
function queryPart(tell) {
  const button = element("button", { type: "button", class: "act", click: async () => {
    try {
      const answer = await fetch(addressOfExport("rq"), { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(viewNow()) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(String(answer.status));
      location.assign(`/sparql?lang=${language}#query=${encodeURIComponent(text)}`);
    } catch (error) {
      tell(reasonOf(error));
    }
  } }, say("take.query.open"));
  return part("take.query", element("div", { class: "buttons" }, button, download("rq", say("take.query.save"))), element("p", { class: "muted small" }, say("take.query.help")));
}
