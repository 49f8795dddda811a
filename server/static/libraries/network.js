// The parts of vis-network that are used: `make setup` bundles them into vendor/vis-network.js, as the global visNetwork.

export { DataSet } from "vis-data/esnext";
export { Network } from "vis-network/esnext";
