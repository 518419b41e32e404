// Runs the file worker's program and passes questions to it one at a time.
"use strict";
importScripts('{{.Asset "wasm_exec.js"}}');

let ready;
const started = new Promise((resolve) => { ready = resolve; });
self.outdialReady = () => ready();

async function start() {
  const go = new Go();
  const program = await WebAssembly.instantiateStreaming(fetch('{{.Asset "worker.wasm"}}'), go.importObject);
  go.run(program.instance);
  await started;
}

const program = start();

self.onmessage = async (event) => {
  const { id, kind, question, file } = event.data;
  try {
    await program;
    const bytes = file ? new Uint8Array(await file.arrayBuffer()) : undefined;
    self.postMessage({ id, answer: self.outdialAnswer(kind, question, bytes) });
  } catch (cause) {
    setTimeout(() => { throw cause; }); // to the page's onerror, which starts a new worker
  }
};
