// Ours: the number engine in WebAssembly.
importScripts("/wasm_exec.js", "/list.js");

self.ready = new Promise((resolve, reject) => {
  self.speedReady = resolve;
  const go = new Go();
  WebAssembly.instantiateStreaming(fetch("/speed.wasm"), go.importObject).then(({ instance }) => go.run(instance)).catch(reject);
});
const names = ["fine", "unusual", "impossible", "emergency"]; // phone.Verdicts
