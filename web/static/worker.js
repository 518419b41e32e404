// Runs the file worker's program and passes questions to it. Those about a list
// it answers by itself, with messages of its own, and it reads the file as it goes.
"use strict";
importScripts('{{.Asset "wasm_exec.js"}}');

let ready;
const started = new Promise((resolve) => { ready = resolve; });
self.outdialReady = () => ready();

async function start() {
  const go = new Go();
  const program = await WebAssembly.instantiateStreaming(fetch('{{.Asset "worker.wasm"}}'), go.importObject);
  go.run(program.instance).then(() => fail(new Error('the file worker ended')));
  await started;
}

// To the page's onerror, which starts a new worker.
const fail = (cause) => setTimeout(() => { throw cause; });

const program = start();

self.onmessage = async (event) => {
  const { id, kind, question, body, file } = event.data;
  try {
    await program;
    if (kind.startsWith('list.')) {
      self.outdialAsk(id, kind, question, file);
      return;
    }
    const bytes = file ? new Uint8Array(await file.arrayBuffer()) : undefined;
    self.postMessage({ id, ...self.outdialAnswer(kind, question, body, bytes) });
  } catch (cause) {
    fail(cause);
  }
};
