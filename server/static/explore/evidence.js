// What this module knows: the marks that cite a fact, and the evidence that opens below it.

/** @import {Fact, Facts, Named, Selection, Span, Statement, Term} from "./types.js" */
import { MESSAGES, element, find, language, say, wording } from "./page.js";
import { hashOf } from "./address.js";
import { durationWords } from "./facts.js";
import { remember } from "./selection.js";
import { saved } from "./source.js";
import { showTab } from "./tabs.js";
import { ORIGINAL, markText } from "./text.js";
import { nodes, view } from "./view.js";

export const factsBody = find(".facts-body");
export const factsScroll = find(".pane.facts .scroll");
/** Numbers of the sources shown, in order. @type {string[]} */
let cited = [];
/** Number the sources from one again. */
export const numberAnew = () => void (cited = []);

/**
 * A term as a link that selects it, or as text.
 * @param {Term} term
 */
export function termElement(term) {
  if (term.type === "literal") return element("span", { class: "object", lang: term.language ?? null }, durationWords(term.text));
  const node = nodes.get(term.iri);
  if (!node && saved && !saved.facts[term.iri]) return element("span", { class: "object" }, term.label);
  return element("a", { class: "object", href: hashOf({ select: term.iri }) }, term.label);
}

/** @param {{modality?: Named | null, by?: Term | null}} said */
export function modalityTag(said) {
  const kind = said.modality ? (said.modality.kind ?? said.modality.iri.split("#").pop() ?? "").toLowerCase() : "asserted";
  if (kind === "asserted") return null;
  const words = MESSAGES[`explore.modality.${kind}`] ?? said.modality?.label ?? kind;
  const text = said.by ? say("by", { modality: words, name: wording(said.by) }) : words;
  return element("span", { class: kind === "disputed" ? "tag disputed" : "tag opinion" }, text);
}

const BRIEF = language === "en" ? 110 : 55; // characters: two lines or three

/**
 * A note on what is odd about a passage; a long one is unfolded by who wants to read it.
 * @param {string} text
 */
export const oddity = (text) => (text.length <= BRIEF ? element("p", { class: "oddity" }, text)
  : element("details", { class: "oddity" }, element("summary", {}, text)));

/** @param {Statement | undefined} statement */
export const isOdd = (statement) => Boolean(statement && ((statement.oddities?.length ?? 0) > 0 || (statement.contradicts?.length ?? 0) > 0));

/** What pressing a citation mark does, by its button. @type {WeakMap<HTMLElement, () => void>} */
export const openers = new WeakMap();

/**
 * The marks that cite a fact, and the place below it where they show their evidence.
 * @param {string[]} iris
 * @param {Record<string, Statement>} statements
 * @param {string[]} [also] statements that the first mark stands for as well
 * @returns {{marks: HTMLElement[], below: HTMLElement}}
 */
export function citations(iris, statements, also = []) {
  const below = element("div", { class: "cited" });
  const marks = iris.map((iri, index) => {
    const button = citation(iri, statements[iri]);
    if (index === 0) button.dataset.also = also.join(" ");
    openers.set(button, () => {
      closeEvidence();
      button.setAttribute("aria-expanded", "true");
      below.append(evidenceOf(statements[iri], statements, "oddities"));
      markText(spanOf(statements[iri]), null, true);
    });
    button.addEventListener("click", () => {
      const opened = button.getAttribute("aria-expanded") === "true";
      remember({ ...view.selection, statement: opened ? undefined : iri });
      if (opened) closeEvidence();
      else openers.get(button)?.();
    });
    return button;
  });
  return { marks, below };
}

/**
 * @param {string} iri
 * @param {Statement | undefined} statement
 */
function citation(iri, statement) {
  const number = cited.push(iri);
  return element("button", {
    type: "button", class: isOdd(statement) ? "cite odd" : "cite", "aria-expanded": "false", "data-statement": iri,
    "aria-label": say("cite", { number, text: statement?.text ?? iri }),
  }, String(number));
}

export function closeEvidence() {
  factsBody.querySelectorAll('.cite[aria-expanded="true"]').forEach((button) => button.setAttribute("aria-expanded", "false"));
  factsBody.querySelectorAll(".cited > .evidence").forEach((shown) => shown.remove());
  markText(null, null, false);
}

/**
 * The mark of a statement among those shown, to open its evidence.
 * @param {string | undefined} iri
 */
export function markOf(iri) {
  const marks = /** @type {HTMLElement[]} */ ([...factsBody.querySelectorAll(".cite")]);
  return marks.find((mark) => mark.dataset.statement === iri) ?? marks.find((mark) => iri && mark.dataset.also?.split(" ").includes(iri));
}

/**
 * Where a statement stands in the text that is shown.
 * @param {Statement | undefined} statement
 * @returns {Span | null}
 */
export function spanOf(statement) {
  if (view.article?.source === ORIGINAL) return view.article.passages.find((span) => statement && span.statements.includes(statement.iri)) ?? null;
  return statement?.passages?.find((passage) => passage.source === view.article?.source) ?? null;
}

/**
 * @param {Statement | undefined} statement
 * @param {Record<string, Statement>} statements
 * @param {"" | "passage" | "oddities"} [elsewhere] what need not be said here, since it stands beside it
 */
export function evidenceOf(statement, statements, elsewhere = "") {
  const box = element("div", { class: "evidence" });
  if (!statement) {
    box.append(element("p", {}, say("no_evidence")));
    return box;
  }
  const all = statement.passages ?? [];
  const here = all.filter((passage) => passage.source === view.article?.source);
  const passages = here.length ? here : all.filter((passage) => passage.language === language).concat(all).slice(0, 1);
  if (elsewhere !== "passage") {
    for (const passage of passages) {
      box.append(element("blockquote", { lang: passage.language }, element("mark", {}, passage.exact)));
    }
    if (!passages.length && !statement.premises?.length) box.append(element("p", {}, say("no_evidence")));
  }
  const tag = modalityTag(statement);
  if (tag) box.append(element("p", {}, tag));
  const reading = statement.paraphrase || statement.text;
  if (reading && passages.length && !passages.some((passage) => passage.exact === reading)) box.append(element("p", { class: "small" }, say("reading", { text: reading })));
  if (statement.implied?.length) box.append(element("p", { class: "small" }, say("implied", { names: statement.implied.map(wording).join(language === "en" ? ", " : "、") })));
  if (elsewhere !== "oddities") for (const text of statement.oddities ?? []) box.append(oddity(text));
  for (const other of statement.contradicts ?? []) box.append(versus(statement, statements[other], other));
  if (statement.premises?.length) {
    box.append(element("p", { class: "small" }, statement.rule ? say("inferred", { rule: wording(statement.rule) }) : say("inferred.from")));
    box.append(element("ul", {}, ...statement.premises.map((premise) => premiseItem(premise, statements))));
  }
  if (elsewhere !== "passage" && passages.length) {
    const foot = element("p", { class: "small" });
    const links = [];
    if (!saved && statement.article && view.article) {
      links.push(element("a", { href: `${textAddress(passages[0].source, view.article.path)}#char=${passages[0].start},${passages[0].end}` }, say("reader")));
    }
    if (statement.original?.length) {
      links.push(element("span", {}, say("original", { spans: statement.original.map((span) => `${span.start}–${span.end}`).join(", ") })));
    }
    if (here.length) foot.append(element("button", { type: "button", class: "to-text to-text-narrow", click: () => showTab("text", true) }, say("to_text")), " ");
    links.forEach((link, index) => foot.append(index ? " · " : "", link));
    if (foot.childNodes.length) box.append(foot);
  }
  return box;
}

/**
 * Two statements that contradict each other, side by side, each in the words of its passage.
 * @param {Statement} statement
 * @param {Statement | undefined} other
 * @param {string} iri the other's
 */
function versus(statement, other, iri) {
  /** @param {Statement | undefined} said @param {Node} heading */
  const side = (said, heading) => {
    const passages = said?.passages ?? [];
    const passage = passages.find((each) => each.source === view.article?.source) ?? passages.find((each) => each.language === language) ?? passages[0];
    return element("div", {}, element("p", { class: "small" }, heading),
      passage ? element("blockquote", { lang: passage.language }, passage.exact) : null);
  };
  const link = element("a", { href: hashOf({ ...selectOf(other), statement: iri }) }, say("contradicts", { text: other?.text ?? iri }));
  return element("div", { class: "versus", role: "group", "aria-label": say("versus") },
    side(statement, document.createTextNode(statement.text)), side(other, link));
}

/**
 * The address of a text, from its IRI: a translation lies below the article's own path.
 * @param {string} source
 * @param {string} path
 */
function textAddress(source, path) {
  const at = source.indexOf(path);
  return at < 0 ? path : source.slice(at);
}

/** @param {Statement | undefined} statement @returns {Selection} */
function selectOf(statement) {
  return statement?.subject?.type === "iri" ? { select: statement.subject.iri } : {};
}

/**
 * A premise opens within the evidence of what follows from it, on its own.
 * @param {string} iri
 * @param {Record<string, Statement>} statements
 */
function premiseItem(iri, statements) {
  const premise = statements[iri];
  const below = element("div");
  const button = citation(iri, premise);
  button.addEventListener("click", () => {
    const opened = below.childNodes.length > 0;
    button.setAttribute("aria-expanded", String(!opened));
    below.replaceChildren(...(opened ? [] : [evidenceOf(premise, statements)]));
    markText(opened ? null : spanOf(premise), null, !opened);
  });
  return element("li", {}, premise?.text ?? iri, button, below);
}

/**
 * A fact with its marks; `bare` leaves out the thing it is about, where a heading says it.
 * @param {Fact} fact
 * @param {Facts} facts
 * @param {boolean} [bare]
 */
export function factElement(fact, facts, bare = false) {
  const sources = fact.inferred && !fact.statements.length ? [fact.inferred.iri] : fact.statements;
  const { inferred } = fact;
  const statements = { ...facts.statements };
  if (inferred && !statements[inferred.iri]) {
    const text = `${wording(fact.subject)} ${fact.predicate.label} ${wording(fact.object)}`;
    statements[inferred.iri] = { iri: inferred.iri, text, premises: inferred.premises, rule: inferred.rule };
  }
  const quoted = !fact.asserted;
  const line = element("div", { class: quoted ? "fact quoted" : "fact" });
  if (bare) line.append(element("span", { class: "verb" }, say("cited")));
  else if (fact.direction === "in") {
    line.append(termElement(fact.subject), " ", element("span", { class: "verb" }, fact.predicate.label), " ", element("span", { class: "self" }, wording(fact.object)));
  } else line.append(termElement(fact.object));
  const first = fact.statements.map((iri) => facts.statements[iri]).find(Boolean);
  const tag = modalityTag({ modality: fact.modality ?? first?.modality, by: first?.by });
  if (tag) line.append(" ", tag);
  if (inferred) line.append(" ", element("span", { class: "tag inferred" }, say("inference")));
  const { marks, below } = citations(sources, statements);
  line.append(...marks);
  for (const iri of fact.statements) {
    for (const text of facts.statements[iri]?.oddities ?? []) line.append(oddity(text));
  }
  if (!sources.length) line.append(" ", element("span", { class: "muted small" }, say("no_evidence")));
  line.append(below);
  return line;
}
