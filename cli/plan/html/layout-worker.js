// In JavaScript, so that its thread need not load what strips types.
import { parentPort } from "node:worker_threads";
import { Graphviz } from "@hpcc-js/wasm-graphviz";

// Loading Graphviz takes as long as evaluating an environment: it happens here, at the same time.
const graphviz = await Graphviz.load();
parentPort.on("message", (dots) => parentPort.postMessage(dots.map((dot) => graphviz.dot(dot))));
