// What this module knows: how a thing is followed: its links by kind, direction and count, and how many of them
// to bring onto the page. What is not brought is counted, and can be asked for.

/** @import {Group, Order} from "./types.js" */
import { fit, isTouched } from "./camera.js";
import { tell } from "./legend.js";
import { element, find, numeral, say } from "./page.js";
import { placesInView } from "./picture.js";
import { go } from "./selection.js";
import { showTab } from "./tabs.js";
import { loadConnections, loadNeighbours } from "./source.js";
import { bring, hangingOn, hide, learn, nodes, shown, unseen } from "./view.js";

const COUNTS = [5, 20, 50, 100];
const ORDERS = /** @type {Order[]} */ (["degree", "date", "label"]);

/**
 * Bring neighbours of a thing onto the page.
 * @param {string} iri
 * @param {{predicate?: string, direction?: "in" | "out", order?: Order, limit?: number}} [how]
 */
async function expand(iri, how = {}) {
  const answer = await loadNeighbours({ iri, ...how, exclude: shown().map((each) => each.id), places: placesInView() });
  learn(answer.nodes, answer.edges);
  const fresh = answer.nodes.flatMap((each) => nodes.get(each.id) ?? []);
  bring(iri, fresh);
  if (!isTouched()) fit();
  tell(say(answer.nodes.length ? "follow.brought" : "follow.none", { count: answer.nodes.length, remaining: numeral(answer.remaining) }));
  return answer;
}

/** @param {string} iri */
export const collapse = (iri) => hide(hangingOn(iri));

const dialog = /** @type {HTMLDialogElement} */ (find("#follow"));
const TWICE_MS = 500; // a press more than a double one is not meant for what lies behind the dialog
let openedAt = 0;
dialog.addEventListener("click", (event) => event.target === dialog && performance.now() - openedAt > TWICE_MS && dialog.close());

/**
 * Ask which links of a thing to follow.
 * @param {string} iri
 * @param {HTMLElement | null} [opener] who gets the focus back
 */
export async function openFollow(iri, opener = null) {
  const node = nodes.get(iri);
  const body = find(".dialog-body", dialog);
  const name = node?.label ?? iri;
  find("h2", dialog).textContent = say("follow.title", { name });
  body.replaceChildren(element("p", { class: "muted" }, say("loading")));
  dialog.onclose = () => opener?.isConnected && opener.focus();
  openedAt = performance.now();
  if (!dialog.open) dialog.showModal();
  try {
    const { groups, total } = await loadConnections(iri);
    body.replaceChildren(...choices(iri, groups, total));
    find("button", body).focus();
  } catch (error) {
    body.replaceChildren(element("p", { class: "problem" }, say("failed", { reason: error instanceof Error ? error.message : String(error) })));
  }
}

/**
 * @param {string} iri
 * @param {Group[]} groups
 * @param {number} total
 */
function choices(iri, groups, total) {
  const count = choice("follow.count", COUNTS.map((each) => [String(each), numeral(each)]), "20");
  const order = choice("follow.order", ORDERS.map((each) => [each, say(`order.${each}`)]), "degree");
  const node = nodes.get(iri);
  const problem = element("p", { class: "problem", role: "alert" });
  /** @param {Partial<Group>} group */
  const follow = async (group) => {
    try {
      await expand(iri, { predicate: group.predicate, direction: group.direction, limit: Number(count.value), order: /** @type {Order} */ (order.value) });
      dialog.close();
      await go({ select: iri });
      showTab("graph", false); // where there is one pane at a time, what came is there
    } catch (error) {
      problem.textContent = say("failed", { reason: error instanceof Error ? error.message : String(error) });
    }
  };
  return [
    element("p", { class: "muted" }, say("follow.total", { total: numeral(total), unseen: numeral(node ? unseen(node) : total) })),
    element("div", { class: "follow-how" }, label("follow.count", count), label("follow.order", order)),
    problem,
    element("ul", { class: "follow-groups", "aria-label": say("follow.kinds") },
      groups.length > 1 ? element("li", {}, groupButton(say("follow.all"), null, total, () => follow({}))) : null,
      ...groups.map((group) => element("li", {}, groupButton(group.label, group.direction, group.count, () => follow(group))))),
    groups.length ? null : element("p", {}, say("follow.nothing")),
  ].filter((part) => part !== null);
}

/**
 * @param {string} name
 * @param {"in" | "out" | null} direction
 * @param {number} count
 * @param {() => void} act
 */
function groupButton(name, direction, count, act) {
  return element("button", { type: "button", click: act },
    element("span", { class: "direction", "aria-hidden": "true" }, direction === "out" ? "→" : direction === "in" ? "←" : "↔"),
    element("span", { class: "follow-name" }, name, direction ? element("span", { class: "hidden-text" }, ` ${say(`direction.${direction}`)}`) : null),
    " ", element("span", { class: "count" }, numeral(count)));
}

/**
 * @param {string} key
 * @param {string[][]} options pairs of value and words
 * @param {string} chosen
 */
function choice(key, options, chosen) {
  const list = /** @type {HTMLSelectElement} */ (element("select", { name: key },
    ...options.map(([value, words]) => element("option", { value, selected: value === chosen }, words))));
  return list;
}

/** @param {string} key @param {HTMLElement} control */
const label = (key, control) => element("label", {}, say(key), " ", control);
