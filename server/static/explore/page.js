// What this module knows: the words and elements of the network page.

/** @import {Named, Term} from "./types.js" */
import { MESSAGES, element, find, speaker } from "../elements.js";

export { MESSAGES, element, find };
export const say = speaker("explore");

/** @param {Term | Named | string | null | undefined} term */
export const wording = (term) => (!term ? "" : typeof term === "string" ? term : "label" in term ? term.label : term.text);

/** Whether a finger points: it presses once, and has no keys. */
export const touches = matchMedia("(hover: none)").matches;

export const page = find("main.explore");
export const language = page.dataset.language || "zh-Hant";

// One of each for the whole page, once it is wanted: making one is slow, writing with it is not.
/** @type {Intl.NumberFormat | undefined} */
let figures;
/** @type {Intl.Collator | undefined} */
let names;
/** A number as the reader writes it: in none of the page's languages is there a mark below a thousand. @param {number} value */
export const numeral = (value) => (Number.isInteger(value) && value >= 0 && value < 1000 ? String(value) : (figures ??= new Intl.NumberFormat(language)).format(value));
/** The reader's order of names. @param {string} one @param {string} other */
export const alphabetic = (one, other) => (names ??= new Intl.Collator(language)).compare(one, other);
