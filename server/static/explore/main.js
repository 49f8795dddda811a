// What this module knows: how the page begins. The parts know a network of things, the facts of one of them, and the
// passages that say so; URLs and words stand in the document.

import { selectionInHash, viewInHash } from "./address.js";
import { aim, fit } from "./camera.js";
import { showGuide } from "./facts.js";
import { showLegend, showList, tell } from "./legend.js";
import { element, find, language, page, say } from "./page.js";
import { draw, readColours, redraw } from "./picture.js";
import { open } from "./selection.js";
import { Refusal, askEdition, loadArticle, loadNetwork, loadThings, saved } from "./source.js";
import { showTab } from "./tabs.js";
import { showArticle } from "./text.js";
import { begin, learn, nodes, onChange, restore, view } from "./view.js";
import "./keys.js";
import "./tools.js";
import "./panels.js";

/** @param {string} words @param {boolean} current whether a way to the current edition is offered */
function notice(words, current) {
  const box = find(".notice");
  const here = `${location.pathname}${location.search}`;
  box.hidden = false;
  box.replaceChildren(words, " ", current ? element("a", { href: here }, say("edition.current")) : "",
    element("button", { type: "button", class: "close", "aria-label": say("dismiss"), click: () => void (box.hidden = true) }, "×"));
}

/**
 * The network, of the edition that a link names where it still stands.
 * @param {string} edition
 */
async function networkOf(edition) {
  const other = edition && page.dataset.edition && edition !== page.dataset.edition;
  if (!other) return loadNetwork(view.shape);
  askEdition(edition);
  try {
    const data = await loadNetwork(view.shape);
    notice(say("edition.older", { edition: Number(edition) }), true);
    return data;
  } catch (error) {
    if (!(error instanceof Refusal) || ![404, 410].includes(error.status)) throw error;
    askEdition("");
    notice(say("edition.gone", { edition: Number(edition) }), false);
    return loadNetwork(view.shape);
  }
}

async function start() {
  readColours();
  showGuide();
  const link = saved?.link ?? await viewInHash();
  view.shape = link?.shape ?? (!link && matchMedia(page.dataset.upright ?? "not all").matches ? "tall" : "wide");
  try {
    const wanted = loadArticle(language === "en" ? "en" : null).catch(() => null);
    begin(await networkOf(link?.edition ?? ""));
    if (link) {
      const { added = [], pinned = [], places = {} } = link.changes;
      const lacking = [...new Set([...added, ...pinned, ...Object.keys(places)])].filter((iri) => !nodes.has(iri));
      if (lacking.length) {
        const all = [...lacking, ...[...nodes.values()].filter((node) => node.shown).map((node) => node.id)];
        const found = await loadThings(all.slice(0, 2000), places);
        learn(found.nodes, found.edges);
      }
      restore(link.changes);
    }
    showLegend(); // what leaves the picture its room comes first: it is drawn once
    showList();
    draw();
    if (link?.camera) aim(link.camera);
    else fit();
    onChange(() => {
      redraw();
      showLegend();
      showList();
    });
    view.article = await wanted;
  } catch (error) {
    tell(say("failed", { reason: error instanceof Error ? error.message : String(error) }));
    return;
  }
  if (view.article) showArticle();
  else {
    find(".pane.text").hidden = true;
    find("#tab-text").hidden = true;
    page.classList.add("without-text");
  }
  page.dataset.ready = "true";
  const to = selectionInHash();
  if (Object.keys(to).length) {
    showTab("facts", false);
    await open(to, { scroll: true, still: Boolean(link?.camera) }); // a link shows what its sender saw
  }
}

void start();

