// In JavaScript, so that its thread need not load what strips types.
import { parentPort } from "node:worker_threads";
import { Graphviz } from "@hpcc-js/wasm-graphviz";

// Loading Graphviz takes as long as evaluating an environment: it happens here, at the same time.
const graphviz = await Graphviz.load();
const svgs = [];
parentPort.on("message", (dot) => {
  if (dot === undefined) parentPort.postMessage(svgs);
  else svgs.push(graphviz.dot(dot));
});
