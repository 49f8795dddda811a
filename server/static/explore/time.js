// What this module knows: which stretch of time the picture is limited to. What has no date stays.

/** @import {Stretch} from "./dates.js" */
import { dayOf, DAY_MS, stretchOf } from "./dates.js";
import { loadEvents, stretchOfThing } from "./events.js";
import { change, changed, filterBy, onChange, partOf } from "./view.js";

const PART = "time";
/** While events are played one by one, until when they are shown. @type {Stretch | null} */
let playing = null;

/**
 * The stretch that a person has chosen; the link carries its first and its last day.
 * @returns {Stretch | null}
 */
function chosenStretch() {
  const part = partOf(PART, /** @type {unknown} */ (null));
  if (!Array.isArray(part) || part.length !== 2) return null;
  const [from, to] = part.map((day) => (typeof day === "string" ? stretchOf(day) : null));
  return from && to && from[0] < to[1] ? [from[0], to[1]] : null;
}

/** @param {Stretch | null} stretch */
export function chooseStretch(stretch) {
  const played = playing !== null;
  playing = null;
  change((draft) => {
    if (stretch) draft.parts[PART] = [dayOf(stretch[0]), dayOf(Math.max(stretch[0], stretch[1] - DAY_MS))];
    else delete draft.parts[PART];
  });
  if (played) changed();
}

/** Show what was until then, without a step that could be taken back. @param {Stretch | null} stretch */
export function showUntil(stretch) {
  playing = stretch;
  changed();
}

export const limits = () => playing ?? chosenStretch();

/** @type {Stretch | null} */
let limited = null;
filterBy(PART, (thing) => {
  if (!limited) return true;
  const stretch = stretchOfThing(thing);
  if (!stretch) return true;
  const [from, to] = stretch;
  return from < limited[1] && (from === to ? from >= limited[0] : to > limited[0]);
});

onChange(() => {
  const before = limited;
  limited = limits();
  // A link may limit the time before any timeline is open: how long events took is asked for then.
  if (limited && !before) void loadEvents().then(changed, () => {});
});
