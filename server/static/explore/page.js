// What this module knows: the words and elements of the network page.

/** @import {Named, Term} from "./types.js" */
import { MESSAGES, element, find, speaker } from "../elements.js";

export { MESSAGES, element, find };
export const say = speaker("explore");

/** @param {Term | Named | string | null | undefined} term */
export const wording = (term) => (!term ? "" : typeof term === "string" ? term : "label" in term ? term.label : term.text);

export const page = find("main.explore");
export const language = page.dataset.language || "zh-Hant";

// One of each for the whole page: making one is slow, writing with it is not.
/** A number as the reader writes it. @type {(value: number) => string} */
export const numeral = new Intl.NumberFormat(language).format;
/** The reader's order of names. @type {(one: string, other: string) => number} */
export const alphabetic = new Intl.Collator(language).compare;
