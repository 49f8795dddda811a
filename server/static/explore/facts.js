// What this module knows: what the side of facts shows of a thing, a line or a passage.

/** @import {Edge, Fact, Facts, Figure, Named, Statement, Term, Thing} from "./types.js" */
import { citations, evidenceOf, factElement, factsBody, isOdd, modalityTag, oddity, termElement } from "./evidence.js";
import { collapse, openFollow } from "./follow.js";
import { gather } from "./gathering.js";
import { glyphOf } from "./glyphs.js";
import { element, language, numeral, page, say, touches, wording } from "./page.js";
import { go } from "./selection.js";
import { saved } from "./source.js";
import { showTab } from "./tabs.js";
import { hide, isPinned, hangingOn, nodes, onChange, pin, unseen, view } from "./view.js";

/**
 * A duration such as P3M (ISO 8601) in words.
 * @param {string} duration
 */
export function durationWords(duration) {
  const found = /^P(\d+)([YMWD])$/.exec(duration);
  return found ? say(`rate.${found[2]}`, { count: found[1] }) : duration;
}

/**
 * One statement for each passage that is cited: several may rest on the same words.
 * @param {string[]} iris
 * @param {Record<string, Statement>} statements
 */
function oneEach(iris, statements) {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const iri of iris) {
    const key = (statements[iri]?.passages ?? []).map((passage) => `${passage.source} ${passage.start} ${passage.end}`).join() || iri;
    if (!found.has(key) || isOdd(statements[iri])) found.set(key, iri);
  }
  return [...found.values()];
}

/**
 * @param {Figure} figure
 * @param {Facts} facts
 */
function figureElement(figure, facts) {
  const unit = wording(figure.unit);
  const differs = figure.number && figure.number !== figure.text;
  // Who does not read 億 is told the number first, and then how it is printed.
  const numberFirst = differs && language === "en";
  const value = numberFirst ? say("figure", { number: figure.number ?? "", unit }).trim() : figure.text;
  const line = element("div", { class: "fact" }, element("span", { class: "figure-value" }, value));
  if (figure.modality) line.append(" ", element("span", { class: "tag opinion" }, wording(figure.modality)));
  const { marks, below } = citations(oneEach(figure.statements, facts.statements), facts.statements, figure.statements);
  line.append(...marks);
  const notes = [];
  if (figure.about && !(figure.about.type === "iri" && figure.about.iri === facts.iri)) notes.push(wording(figure.about));
  if (numberFirst) notes.push(say("printed", { text: figure.text }));
  else if (differs) notes.push(say("number", { number: figure.number ?? "", unit }).trim());
  else if (unit) notes.push(unit);
  if (figure.precision && !isPlain(figure.precision)) notes.push(wording(figure.precision));
  if (figure.period) notes.push(figure.period);
  if (figure.rate) notes.push(durationWords(figure.rate));
  if (figure.per) notes.push(say("per", { name: wording(figure.per) }));
  if (figure.shareOf) notes.push(say("share", { name: wording(figure.shareOf) }));
  if (figure.reportedBy) notes.push(say("reported", { name: wording(figure.reportedBy) }));
  if (notes.length) line.append(element("span", { class: "figure-notes" }, notes.join(" · ")));
  for (const iri of figure.statements) {
    for (const text of facts.statements[iri]?.oddities ?? []) line.append(oddity(text));
  }
  line.append(below);
  return line;
}

/**
 * A word of the vocabulary: a press tells what it means, where that is known.
 * @param {string} word
 * @param {string | undefined} meaning
 * @returns {{word: HTMLElement | string, meaning: HTMLElement | ""}}
 */
function explained(word, meaning) {
  if (!meaning) return { word, meaning: "" };
  const told = element("p", { class: "meaning", hidden: true }, meaning);
  const button = element("button", { type: "button", class: "word", "aria-expanded": "false", title: say("meaning", { word }), click: () => {
    told.hidden = !told.hidden;
    button.setAttribute("aria-expanded", String(!told.hidden));
  } }, word);
  return { word: button, meaning: told };
}

/**
 * What stands under one word of the vocabulary.
 * @param {Named | Term | null} named
 * @param {Facts} facts
 * @param {HTMLElement[]} lines
 */
function group(named, facts, lines) {
  const { word, meaning } = explained(wording(named), named && "iri" in named ? facts.definitions[named.iri] : undefined);
  return element("div", { class: "group" }, element(word ? "h4" : "div", {}, word), element("div", {}, meaning, ...lines));
}

/**
 * Facts under their predicate, those told as fact first, inferences last.
 * @param {Fact[]} some
 * @param {Facts} facts
 */
function groups(some, facts) {
  /** @type {Map<string, Fact[]>} */
  const byPredicate = new Map();
  for (const fact of some) byPredicate.set(fact.predicate.iri, [...(byPredicate.get(fact.predicate.iri) ?? []), fact]);
  const rank = (/** @type {Fact} */ fact) => (fact.inferred ? 2 : fact.asserted ? 0 : 1);
  const lists = [...byPredicate.values()].sort((a, b) => Number(a.every((fact) => fact.inferred)) - Number(b.every((fact) => fact.inferred)));
  return lists.map((list) => group(list[0].predicate, facts, [...list].sort((a, b) => rank(a) - rank(b)).map((fact) => factElement(fact, facts))));
}

export const closeButton = () => element("button", { type: "button", class: "close", "aria-label": say("close"), click: () => go({}) }, "×");

/**
 * What can be done with a thing on the page.
 * @param {Thing} node
 */
function actions(node) {
  const iri = node.id;
  const more = unseen(node);
  const again = () => go({ select: iri });
  const toGraph = () => showTab("graph", false); // where there is one pane at a time, the change is there
  /** @param {string} key @param {() => unknown} act @param {Record<string, boolean | string>} [how] */
  const button = (key, act, how = {}) => element("button", { type: "button", "data-act": key, ...how, click: act }, say(`act.${key}`, { count: numeral(more) }));
  const follow = button(more ? "follow" : "follow.all", () => openFollow(iri, /** @type {HTMLElement} */ (document.activeElement)));
  return element("div", { class: "actions", role: "group", "aria-label": say("actions") }, follow,
    button("collapse", () => { collapse(iri); void again().then(toGraph); }, { disabled: hangingOn(iri).length === 0 }),
    button("pin", () => { pin(iri); void again(); }, { "aria-pressed": String(isPinned(iri)) }),
    button("gather", () => { gather(iri); void again(); }, { "aria-pressed": String(view.gathered.includes(iri)) }),
    button("hide", () => { hide([iri]); void go({}).then(toGraph); }));
}

// What can be done changes with what is shown.
onChange(() => {
  const old = factsBody.querySelector(".actions");
  const node = nodes.get(view.selection.select ?? "");
  if (!(old instanceof HTMLElement) || !node) return;
  const active = document.activeElement;
  const act = active instanceof HTMLElement && old.contains(active) ? active.dataset.act : "";
  const fresh = actions(node);
  old.replaceWith(fresh);
  if (act) /** @type {HTMLElement | null} */ (fresh.querySelector(`[data-act="${act}"]`) ?? fresh.querySelector("button"))?.focus();
});

/** A figure without "about" or "more than" needs no word on it. @param {Named | string} precision */
const isPlain = (precision) => typeof precision !== "string" && precision.iri.endsWith("#Exact");

const START = "https://schema.org/startDate";
/** An attempt has a start, whether or not it is known: that it is not is said. */
const noStart = () => element("div", { class: "group no-start" }, element("h4", {}, say("start")),
  element("div", {}, element("div", { class: "fact muted" }, say("start.none"))));

/** @param {Facts} facts */
export function showThing(facts) {
  const node = nodes.get(facts.iri);
  const kind = explained(facts.class?.label ?? node?.className ?? "", facts.definitions[facts.class?.iri ?? ""]);
  const names = (facts.names ?? []).filter((name, index, all) =>
    name.text !== facts.label && all.findIndex((other) => other.text === name.text) === index);
  const parts = [
    closeButton(),
    element("h3", { class: "subject", tabindex: -1 }, facts.label),
    element("p", { class: "kind-line" }, node ? glyphOf(node) : null, kind.word,
      node?.camp ? element("span", {}, `· ${say(`camp.${node.camp}`, { name: view.campNames[node.camp] ?? "" })}`) : null),
    kind.meaning,
    node ? actions(node) : null,
    facts.description ? element("p", { class: "about" }, facts.description) : null,
    names.length
      ? element("p", { class: "small muted" }, `${say("names")}${language === "en" ? ": " : "："}`,
          ...names.flatMap((name, index) => [index ? " · " : "", element("span", { lang: name.language }, name.text)]))
      : null,
    element("p", { class: "small" },
      facts.path && !saved ? element("a", { href: facts.path }, say("page")) : null,
      ...(facts.links ?? []).flatMap((link, index) => [index || (facts.path && !saved) ? " · " : "", safeLink(link)])),
  ];
  const own = facts.facts.filter((fact) => fact.direction === "out");
  const others = facts.facts.filter((fact) => fact.direction === "in");
  const undated = node?.kind === "Attempt" && !own.some((fact) => fact.predicate.iri === START);
  if (own.length) parts.push(element("h3", { class: "part" }, say("about")), undated ? noStart() : null, ...groups(own, facts));
  if (facts.figures?.length) {
    parts.push(element("h3", { class: "part" }, say("figures")));
    /** @type {Map<string, Figure[]>} */
    const byMetric = new Map();
    for (const figure of facts.figures) byMetric.set(wording(figure.metric), [...(byMetric.get(wording(figure.metric)) ?? []), figure]);
    for (const list of byMetric.values()) parts.push(group(list[0].metric, facts, list.map((figure) => figureElement(figure, facts))));
  }
  if (others.length) parts.push(element("h3", { class: "part" }, say("incoming")), ...groups(others, facts));
  if (!own.length && !others.length && !facts.figures?.length) parts.push(element("p", { class: "muted" }, say("unevidenced")));
  factsBody.replaceChildren(...parts.filter((part) => part !== null));
}

/** @param {Named} link */
function safeLink(link) {
  return /^https?:/i.test(link.iri) ? element("a", { href: link.iri, rel: "noreferrer" }, link.label) : element("span", {}, link.label);
}

/**
 * @param {Edge} edge
 * @param {Facts} facts of the thing that it begins at
 * @param {Facts | null} [others] of the thing that it leads to
 */
export function showEdge(edge, facts, others) {
  const term = (/** @type {string} */ iri) => /** @type {Term} */ ({ type: "iri", iri, label: nodes.get(iri)?.label ?? iri });
  factsBody.replaceChildren(
    closeButton(),
    element("p", { class: "kind-line" }, say("edge")),
    element("h3", { class: "subject", tabindex: -1 }, termElement(term(edge.from)), " ", element("span", { class: "verb" }, edge.label), " ", termElement(term(edge.to))),
    facts.definitions[edge.predicate] ? element("p", { class: "meaning" }, say("meaning.of", { word: edge.label, meaning: facts.definitions[edge.predicate] })) : "",
    element("h3", { class: "part" }, say("says")),
    ...edgeFacts(edge, facts),
    ...(others ? figuresOfBoth(facts, others) : []),
  );
}

/**
 * Figures of one metric that both have, side by side: what a claim about the two can be held against.
 * @param {Facts} one
 * @param {Facts} other
 */
function figuresOfBoth(one, other) {
  const own = (/** @type {Facts} */ facts) => (facts.figures ?? []).filter(({ about }) => about?.type === "iri" && about.iri === facts.iri);
  const metrics = new Set(own(one).map((figure) => wording(figure.metric)));
  const shared = [...new Set(own(other).map((figure) => wording(figure.metric)))].filter((metric) => metric && metrics.has(metric));
  if (!shared.length || one.iri === other.iri) return [];
  return [
    element("h3", { class: "part" }, say("figures.both")),
    ...shared.map((name) => {
      const [both] = own(one).filter((figure) => wording(figure.metric) === name);
      return group(both.metric, one, [one, other].flatMap((facts) => [
        element("p", { class: "figure-of" }, termElement({ type: "iri", iri: facts.iri, label: facts.label })),
        ...own(facts).filter((figure) => wording(figure.metric) === name).map((figure) => figureElement(figure, facts)),
      ]));
    }),
  ];
}

/**
 * What a line stands for, with its citations.
 * @param {Edge} edge
 * @param {Facts} facts of the thing that the line begins at
 */
export function edgeFacts(edge, facts) {
  const term = (/** @type {string} */ iri) => /** @type {Term} */ ({ type: "iri", iri, label: nodes.get(iri)?.label ?? iri });
  const known = facts.facts.filter((fact) => fact.direction === "out" && fact.predicate.iri === edge.predicate &&
    fact.object.type === "iri" && fact.object.iri === edge.to);
  const list = known.length ? known : [/** @type {Fact} */ ({ subject: term(edge.from), predicate: { iri: edge.predicate, label: edge.label },
    object: term(edge.to), direction: "out", asserted: edge.modality === "asserted", statements: edge.statements })];
  return list.map((fact) => factElement(fact, facts, true));
}

/**
 * @param {Statement[]} list
 * @returns {Statement[][]}
 */
function bySubject(list) {
  /** @type {Map<string, Statement[]>} */
  const found = new Map();
  for (const statement of list) {
    const key = wording(statement.subject) || statement.iri;
    found.set(key, [...(found.get(key) ?? []), statement]);
  }
  return [...found.values()];
}

/**
 * One statement of a passage, and what qualifies it.
 * @param {Statement} statement
 * @param {Record<string, Statement>} statements
 * @param {boolean} whole whether to name its subject
 */
function saidElement(statement, statements, whole) {
  const { subject, predicate, object } = statement;
  const words = subject && predicate && object
    ? [whole && termElement(subject), " ", element("span", { class: "verb" }, predicate.label), " ", termElement(object)]
    : [statement.text];
  return element("div", { class: "fact" }, ...words, evidenceOf(statement, statements, "passage"));
}

/**
 * Several statements about the same thing: its name once, above them.
 * @param {Statement[]} group
 * @param {Record<string, Statement>} statements
 */
function aboutOne(group, statements) {
  const subject = group[0].subject;
  return element("div", { class: "about-one" }, subject ? element("div", { class: "fact" }, termElement(subject)) : null,
    ...group.map((statement) => saidElement(statement, statements, false)));
}

/**
 * @param {Statement[]} list
 * @param {Record<string, Statement>} statements
 * @param {{text: string, language: string} | null} [words] those that a person has drawn over
 */
export function showPassage(list, statements, words = null) {
  const passages = list.flatMap((statement) => statement.passages ?? []);
  const here = passages.find((passage) => passage.source === view.article?.source) ?? passages[0];
  factsBody.replaceChildren(
    closeButton(),
    element("h3", { class: "part subject-line", tabindex: -1 }, say("passage")),
    element("div", { class: "evidence" }, element("blockquote", { lang: words?.language ?? here?.language ?? null }, element("mark", {}, words?.text ?? here?.exact ?? ""))),
    element("h3", { class: "part" }, `${say("here_says")} · ${say("statements", { count: list.length })}`),
    list.length ? "" : element("p", { class: "muted" }, say("says_nothing")),
    ...bySubject(list).flatMap((group) => group.length > 1 ? [aboutOne(group, statements)] : group.map((statement) => saidElement(statement, statements, true))),
  );
  for (const box of factsBody.querySelectorAll(".fact > .evidence")) if (!box.childNodes.length) box.remove();
}

export function showGuide() {
  /** @param {string} name */
  const line = (name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 24 12");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", "M0 6h24");
    path.setAttribute("class", `line-sample ${name}`);
    svg.append(path);
    return svg;
  };
  if (!page.dataset.article && !saved) {
    factsBody.replaceChildren(element("div", { class: "guide" }, element("p", {}, say("guide.plain"))));
    return;
  }
  factsBody.replaceChildren(
    element("div", { class: "guide" }, element("p", {}, say("guide")),
      element("ul", { "aria-label": say("guide.lines") }, element("li", {}, line(""), " ", say("guide.asserted")), element("li", {}, line("dashed"), " ", say("guide.quoted"))),
      element("p", {}, say(touches ? "guide.touch" : "guide.keys"))),
  );
}
