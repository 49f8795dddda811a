// What this module knows: what is selected, in the address and in all three panes.

/** @import {Edge, Selection, Statement} from "./types.js" */
import { addressOf, hashOf, isOwnView, keepInLinks, keepView, selectionInHash, viewInHash } from "./address.js";
import { bringIn } from "./camera.js";
import { compare, showGathered } from "./gathering.js";
import { closeButton, showEdge, showGuide, showPassage, showThing } from "./facts.js";
import { factsBody, factsScroll, markOf, numberAnew, openers, spanOf } from "./evidence.js";
import { element, say } from "./page.js";
import { showLegend, showList } from "./legend.js";
import { placesInView, redraw } from "./picture.js";
import { canAsk, loadArticle, loadFacts, loadThings } from "./source.js";
import { showTab } from "./tabs.js";
import { ORIGINAL, markText, shortest, stretchIn, textName } from "./text.js";
import { change, edges, learn, linesOf, nodes, revealed, view } from "./view.js";

/**
 * Write a selection into the address, so that the link and the way back lead to it.
 * @param {Selection} to
 */
export function remember(to) {
  view.selection = Object.fromEntries(Object.entries(to).filter(([, value]) => value));
  const hash = addressOf(view.selection);
  if (hash !== (location.hash || "#")) history.pushState(null, "", hash === "#" ? location.pathname + location.search : hash);
  keepInLinks();
}

/**
 * Select because a person asked for it.
 * @param {Selection} to
 * @param {{focus?: boolean}} [how]
 */
export function go(to, how = {}) {
  remember(to);
  if (Object.keys(to).length) showTab("facts", false);
  return open(to, { scroll: true, focus: how.focus });
}

let turn = 0;
/** What the side of facts shows, as an address has it. */
let shownHash = "";
/** @type {(() => void)[]} */
const listeners = [];
/**
 * Call back whenever something else is selected.
 * @param {() => void} listener
 */
export const onOpen = (listener) => void listeners.push(listener);

/**
 * Show a selection in all three panes; with `still` the picture's frame stays where it is.
 * @param {Selection} to
 * @param {{scroll?: boolean, focus?: boolean, still?: boolean}} how
 */
export async function open(to, how) {
  const mine = ++turn;
  view.selection = to;
  if (!how.still) bringIn([]);
  numberAnew();
  revealed.clear();
  const edge = to.edge ? edges.get(to.edge) : undefined;
  if (to.select) {
    if (!nodes.has(to.select) && canAsk) await fetchThing(to.select);
    if (mine !== turn) return;
    revealed.add(to.select);
  }
  if (edge) [edge.from, edge.to].forEach((iri) => revealed.add(iri));
  view.near = null;
  if (edge) view.near = new Set([edge.id, edge.from, edge.to]);
  else if (to.select && nodes.has(to.select)) view.near = around([to.select]);
  /** @type {Element | null} */
  let marked = null;
  try {
    if (to.paths || to.connect) {
      markText(null, [], false);
      const compared = await compare(to);
      if (mine !== turn) return;
      lightLines(compared);
      if (!how.still) bringIn([...compared]);
    } else if (edge) {
      const [facts, others] = await Promise.all([loadFacts(edge.from), loadFacts(edge.to).catch(() => null)]);
      if (mine !== turn) return;
      markText(null, spansOf(edge.statements.map((iri) => facts.statements[iri])), false);
      showEdge(edge, facts, others);
      const mark = markOf(to.statement) ?? factsBody.querySelector(".cite");
      if (mark instanceof HTMLElement) openers.get(mark)?.();
    } else if (to.select) {
      const facts = await loadFacts(to.select);
      if (mine !== turn) return;
      showThing(facts);
      const own = new Set([...facts.facts.flatMap((fact) => fact.statements), ...(facts.figures ?? []).flatMap((figure) => figure.statements)]);
      markText(null, spansOf([...own].map((iri) => facts.statements[iri])), Boolean(how.scroll) && !to.statement);
      const mark = markOf(to.statement);
      if (mark) {
        openers.get(mark)?.();
        marked = mark;
      }
      if (!how.still) bringIn([to.select]);
    } else if (to.statement) {
      await openPassage(to.statement, mine, Boolean(how.scroll));
    } else if (to.passage) {
      await openStretch(to.passage, mine, Boolean(how.scroll));
    } else {
      markText(null, [], false);
      showGuide();
    }
  } catch (error) {
    if (mine !== turn) return;
    factsBody.replaceChildren(closeButton(), element("p", { class: "problem" }, say("failed", { reason: error instanceof Error ? error.message : String(error) })));
  }
  if (marked) marked.scrollIntoView({ block: "nearest" });
  else if (hashOf(to) !== shownHash) factsScroll.scrollTop = 0;
  shownHash = hashOf(to);
  redraw();
  showList();
  showGathered();
  for (const listener of listeners) listener();
  if (how.focus) {
    const heading = factsBody.querySelector(".subject");
    if (heading instanceof HTMLElement) heading.focus({ preventScroll: true });
  }
}

/**
 * @param {string} iri a statement
 * @param {number} mine
 * @param {boolean} scroll
 */
async function openPassage(iri, mine, scroll) {
  /** @type {Record<string, Statement>} */
  let statements = view.article?.statements ?? {};
  const touching = [...edges.values()].filter((edge) => edge.statements.includes(iri));
  if (!statements[iri]) {
    const from = touching[0]?.from;
    statements = (await loadFacts(from ?? iri)).statements;
    if (mine !== turn) return;
  }
  const passage = view.article?.passages.filter((span) => span.statements.includes(iri));
  const place = spanOf(statements[iri]) ?? (passage?.length ? shortest(passage) : null);
  const together = place && view.article
    ? view.article.passages.filter((span) => span.start === place.start && span.end === place.end).flatMap((span) => span.statements)
    : [iri];
  const list = [...new Set([iri, ...together])].map((each) => statements[each]).filter(Boolean);
  light(list, together);
  showPassage(list, statements);
  markText(place, [], scroll);
}

/**
 * Show what the words say that a person has drawn over.
 * @param {string} stretch
 * @param {number} mine
 * @param {boolean} scroll
 */
async function openStretch(stretch, mine, scroll) {
  const found = stretchIn(stretch);
  const here = view.article !== null && found?.text === textName(view.article);
  const article = here ? view.article : found && found.text !== ORIGINAL ? await loadArticle(found.text) : null;
  if (mine !== turn) return;
  if (!found || !article) {
    markText(null, [], false);
    showGuide();
    return;
  }
  const iris = [...new Set(article.passages.filter((span) => span.start < found.end && found.start < span.end).flatMap((span) => span.statements))];
  const statements = { ...article.statements, ...view.article?.statements };
  const list = iris.flatMap((iri) => statements[iri] ?? []);
  const words = article.blocks.filter((block) => block.start < found.end && found.start < block.end)
    .map((block) => Array.from(block.text).slice(Math.max(0, found.start - block.start), found.end - block.start).join("")).join(" ");
  light(list, iris);
  showPassage(list, statements, { text: words, language: article.language });
  markText(here ? found : null, here ? [] : spansOf(list), scroll && !here);
}

/**
 * Light up what some statements speak of.
 * @param {Statement[]} list
 * @param {string[]} together the IRIs of all statements that lines may rest on
 */
function light(list, together) {
  const things = list.flatMap((statement) => [statement.subject, statement.object]).flatMap((term) => (term?.type === "iri" ? [term.iri] : []));
  const lines = [...edges.values()].filter((edge) => edge.statements.some((each) => together.includes(each)));
  const all = new Set([...things, ...lines.flatMap((edge) => [edge.from, edge.to])].filter((each) => nodes.has(each)));
  all.forEach((each) => revealed.add(each));
  view.near = new Set([...all, ...lines.map((edge) => edge.id)]);
}

/**
 * Light up things and lines, and the passages that these lines rest on.
 * @param {Set<string>} near
 */
export function lightLines(near) {
  view.near = near;
  const cited = new Set([...near].flatMap((id) => edges.get(id)?.statements ?? []));
  markText(null, (view.article?.passages ?? []).filter((span) => span.statements.some((iri) => cited.has(iri))), false);
}

/**
 * @param {string[]} iris
 * @returns {Set<string>}
 */
function around(iris) {
  const found = new Set(iris);
  for (const edge of iris.flatMap(linesOf)) {
    found.add(edge.id);
    found.add(edge.from);
    found.add(edge.to);
  }
  return found;
}

/** @param {(Statement | undefined)[]} statements */
function spansOf(statements) {
  return statements.flatMap((statement) => {
    const span = spanOf(statement);
    return span ? [span] : [];
  });
}

/**
 * Get a thing that the page does not know yet, with its lines to what is on the page.
 * @param {string} iri
 */
async function fetchThing(iri) {
  try {
    const { nodes: things, edges: lines } = await loadThings([iri], placesInView());
    learn(things, lines);
    redraw(); // vis-network is to know it before anyone asks where it stands
    showLegend();
  } catch {
    // What is no thing of the network has facts all the same.
  }
}

addEventListener("hashchange", async () => {
  const to = selectionInHash();
  if (!isOwnView()) {
    const link = await viewInHash();
    if (link && link.shape !== view.shape) {
      location.reload(); // it is laid out otherwise; the address stays as it was given
      return;
    }
    if (link) change((draft) => void Object.assign(draft, link.changes));
  }
  view.selection = to;
  void keepView();
  showTab(Object.keys(to).length ? "facts" : "graph", false);
  void open(to, { scroll: true, focus: true });
});
