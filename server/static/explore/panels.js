// What this module knows: which panels the page has, in the order of their buttons.

import "./timeline.js";
import "./measures.js";
import "./take_away.js";
import "./coverage.js";
import "./original.js";
import "./passages.js";
import "./printing.js";
import "./tour.js";
