// In JavaScript, so that this thread does not load the type stripper.
import { parentPort } from "node:worker_threads";
import { Graphviz } from "@hpcc-js/wasm-graphviz";

// Loading Graphviz takes as long as evaluating an environment. Both happen at the same time.
const graphviz = await Graphviz.load();
const svgs = [];
parentPort.on("message", (dot) => {
  if (dot === undefined) parentPort.postMessage(svgs);
  else svgs.push(graphviz.dot(dot));
});
