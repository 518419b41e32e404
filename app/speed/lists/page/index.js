// Hands the chosen file to a contestant's worker, which is started for it, and
// waits for the preview: counts, duplicates, and the first hundred rows.
"use strict";
const shown = 100;
let worker; // kept, with its list, until the page goes

async function measure(contestant, region) {
  const file = document.querySelector("input").files[0];
  const begin = performance.now();
  const preview = await contestants[contestant](file, region);
  return { ms: performance.now() - begin, ...preview };
}

const contestants = {
  // Papa Parse or SheetJS, and libphonenumber-js.
  peer: (file, region) => new Promise((resolve, reject) => {
    worker = new Worker("/peer.js");
    worker.onerror = (e) => reject(new Error(e.message));
    worker.onmessage = ({ data }) => {
      if (data.failed) reject(new Error(data.failed));
      if (data.preview) resolve(data.preview);
    };
    worker.postMessage({ file, region, shown });
  }),

  // The console's file worker, asked what the page of lists asks.
  async ours(file, region) {
    worker = new Worker("/worker.js");
    const opened = await ask("list.open", { name: file.name, operation: "dnc.add", region, language: "en" }, file);
    const summary = await ask("list.plan", { ...opened.guess, now: new Date().toISOString() });
    const view = await ask("list.view", { sort: -1, from: 0, count: shown });
    const counts = Object.fromEntries((summary.out ?? []).map(({ code, count }) => [code, count]));
    return { rows: summary.total, ready: summary.ready, unusual: summary.unusual, counts, shown: view.rows.length };
  },
};

let questions = 0;

function ask(kind, question, file) {
  const id = ++questions;
  return new Promise((resolve, reject) => {
    worker.onerror = (e) => reject(new Error(e.message));
    worker.addEventListener("message", function heard({ data }) {
      if (data.id !== id || data.answer === undefined) return;
      worker.removeEventListener("message", heard);
      const answer = JSON.parse(data.answer);
      answer.failed ? reject(new Error(kind + ": " + answer.failed)) : resolve(answer);
    });
    worker.postMessage({ id, kind, question: JSON.stringify(question), file });
  });
}
