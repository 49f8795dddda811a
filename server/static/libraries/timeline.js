// The parts of vis-timeline that are used: `make setup` bundles them into vendor/vis-timeline.js, as the global visTimeline.

export { default as moment } from "moment";
export { DataSet } from "vis-data/esnext";
export { Timeline } from "vis-timeline/esnext";
