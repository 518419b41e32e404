// Starts a worker for each contestant and passes orders on.
"use strict";
const contestants = new Map();
let orders = 0;

function order(name, what) {
  if (!contestants.has(name)) contestants.set(name, new Worker("/" + name + ".js"));
  const worker = contestants.get(name), id = ++orders;
  return new Promise((resolve, reject) => {
    worker.addEventListener("message", function heard({ data }) {
      if (data.id !== id) return;
      worker.removeEventListener("message", heard);
      data.failed ? reject(new Error(name + ": " + data.failed)) : resolve(data.value);
    });
    worker.onerror = (e) => reject(new Error(name + ": " + e.message));
    worker.postMessage({ id, ...what });
  });
}
