// Starts the console: chooses the language, loads dictionary and program side
// by side, and gives go-app the hooks that its own boot script would give.
"use strict";

const assets = {
  program: '{{.Asset "app.wasm"}}',
  rest: '{{.Asset "rest.wasm"}}',
  worker: '{{.Asset "worker.js"}}',
  dictionaries: {
    "zh-TW": '{{.Asset "translations.zh-TW.txt"}}',
    "zh-CN": '{{.Asset "translations.zh-CN.txt"}}',
    fr: '{{.Asset "translations.fr.txt"}}',
    en: '{{.Asset "translations.en.txt"}}',
  },
};

// What has to be said before a dictionary is there.
const words = {
  "zh-TW": { loading: "載入中…", failed: "Outdial 無法啟動。", crashed: "Outdial 發生錯誤而停止。已送出的呼叫都記在帳本中。", reload: "重新載入" },
  "zh-CN": { loading: "加载中…", failed: "Outdial 无法启动。", crashed: "Outdial 出错并已停止。已发出的调用都记在账本中。", reload: "重新加载" },
  fr: { loading: "Chargement…", failed: "Outdial n’a pas pu démarrer.", crashed: "Outdial s’est arrêté sur une erreur. Les appels partis figurent dans le registre.", reload: "Recharger" },
  en: { loading: "Loading…", failed: "Outdial could not start.", crashed: "Outdial stopped on an error. Calls that left are in the ledger.", reload: "Reload" },
};

// A browser that forbids storage throws on the first look at it, and go-app
// does not survive that: give it storage that lasts as long as the tab.
for (const name of ["localStorage", "sessionStorage"]) {
  try {
    window[name].getItem("outdial");
  } catch {
    const kept = new Map();
    Object.defineProperty(window, name, {
      value: {
        getItem: (k) => (kept.has(k) ? kept.get(k) : null),
        setItem: (k, v) => void kept.set(k, String(v)),
        removeItem: (k) => void kept.delete(k),
        clear: () => kept.clear(),
        key: (i) => [...kept.keys()][i] ?? null,
        get length() { return kept.size; },
      },
    });
  }
}

// spoken maps a browser's language to one of ours, or to nothing. Traditional
// and simplified Chinese never stand in for one another.
function spoken(tag) {
  const [language, ...rest] = tag.toLowerCase().split("-");
  if (language === "zh") {
    return rest.some((part) => ["hant", "tw", "hk", "mo"].includes(part)) && !rest.includes("hans") ? "zh-TW" : "zh-CN";
  }
  return { fr: "fr", en: "en" }[language];
}

function choose() {
  const kept = localStorage.getItem("outdial.language");
  if (kept in assets.dictionaries) return kept;
  for (const tag of navigator.languages ?? [navigator.language]) {
    const language = spoken(tag);
    if (language) return language;
  }
  return "en";
}

const language = choose();
const say = words[language];
document.documentElement.lang = language;
const theme = localStorage.getItem("outdial.theme");
if (theme) document.documentElement.dataset.theme = theme;

window.outdial = { language, dictionary: "", dictionaries: assets.dictionaries, worker: assets.worker, leaving: false, session: null };

// A file that is dropped beside its place would be opened over the console,
// and all that was typed would be gone.
for (const kind of ["dragover", "drop"]) {
  addEventListener(kind, (event) => {
    if (event.dataTransfer?.types.includes("Files")) event.preventDefault();
  });
}

// While a call is on its way, closing the tab is asked about first.
addEventListener("beforeunload", (event) => {
  if (window.outdial.leaving) event.preventDefault();
});

// ---------------------------------------------------------------------------
// go-app's hooks
// ---------------------------------------------------------------------------
var goappNav = () => {};
var goappUpdatedBeforeWasmLoaded = false;
var goappOnUpdate = () => { goappUpdatedBeforeWasmLoaded = true; };
var goappAppInstallChangedBeforeWasmLoaded = false;
var goappOnAppInstallChange = () => { goappAppInstallChangedBeforeWasmLoaded = true; };
let installPrompt = null;
let registration = null;

function goappGetenv(name) {
  return { GOAPP_INTERNAL_URLS: "tel: sms:" }[name] ?? "";
}
function goappTryUpdate() {
  registration?.update().catch(() => {}); // offline: the next try is soon enough
}
function goappIsAppInstalled() {
  return navigator.standalone === true || matchMedia("(display-mode: standalone)").matches;
}
function goappIsAppleBrowser() {
  return /iP(hone|ad|od)/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
}
function goappIsAppInstallable() {
  return !goappIsAppInstalled() && installPrompt !== null;
}
async function goappShowInstallPrompt() {
  if (!installPrompt) return;
  const prompt = installPrompt;
  installPrompt = null;
  await prompt.prompt();
  goappOnAppInstallChange();
}
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  installPrompt = event;
  goappOnAppInstallChange();
});
addEventListener("appinstalled", () => {
  installPrompt = null;
  goappOnAppInstallChange();
});

async function watchForUpdates() {
  if (!("serviceWorker" in navigator)) return;
  registration = await navigator.serviceWorker.register("/sw.js");
  registration.addEventListener("updatefound", () => {
    const next = registration.installing;
    next?.addEventListener("statechange", () => {
      if (next.state === "installed" && navigator.serviceWorker.controller) goappOnUpdate();
    });
  });
}

// ---------------------------------------------------------------------------
// Start
// ---------------------------------------------------------------------------
function stopped(message, cause) {
  console.error(message, cause ?? "");
  const box = document.createElement("div");
  box.className = "crash";
  box.setAttribute("role", "alert");
  const text = document.createElement("p");
  text.textContent = message;
  const button = document.createElement("button");
  button.className = "button is-main";
  button.textContent = say.reload;
  button.addEventListener("click", () => location.reload());
  box.append(text, button);
  document.body.append(box);
}

// counted passes a response on and shows how much of it has come. The length
// is that of the program, not of its compressed form. What the service worker
// keeps comes at once, and is left as it is: only so does the browser keep it
// compiled.
function counted(response) {
  if (navigator.serviceWorker?.controller) return response;
  const total = Number(response.headers.get("X-Raw-Length"));
  const bar = document.getElementById("boot-progress");
  if (!total || !bar || !response.body) return response;
  let come = 0;
  const through = new TransformStream({
    transform(chunk, controller) {
      controller.enqueue(chunk);
      come += chunk.byteLength;
      const part = Math.round((come * 20) / total) * 5; // each step costs the screen a drawing
      if (part !== bar.value) bar.value = part;
    },
  });
  return new Response(response.body.pipeThrough(through), { headers: response.headers });
}

async function fetched(url) {
  const response = await fetch(url, { credentials: "same-origin" });
  if (!response.ok) throw new Error(url + ": " + response.status);
  return response;
}

// Who is signed in is asked beside the program, as package client asks: the
// first screen needs both. The client takes what has come, or asks anew; what
// has come but was not read yet is waited for, for no longer than is noticed.
async function askSession() {
  const response = await fetch("/api/session", {
    headers: { Accept: "application/json", "X-Requested-With": "Outdial" },
    credentials: "same-origin", cache: "no-store", redirect: "manual",
  });
  const json = response.headers.get("content-type")?.startsWith("application/json");
  if (response.status === 200 && json) window.outdial.session = await response.text();
}

async function start() {
  const asked = askSession().catch(() => {});
  document.getElementById("boot-text").textContent = say.loading;
  const go = new Go();
  // The heap is small and the start fills it: collecting less often costs a
  // few megabytes and spares the start most of its collections.
  go.env = { GOGC: "300" };
  const [program, dictionary] = await Promise.all([
    WebAssembly.instantiateStreaming(fetched(assets.program).then(counted), go.importObject),
    fetched(assets.dictionaries[language]).then((r) => r.text()),
  ]);
  await Promise.race([asked, new Promise((soon) => setTimeout(soon, 30))]);
  window.outdial.dictionary = dictionary;
  // The pages that nobody starts with are the rest of the same program, with
  // the same memory, table and registers. It is asked for by the shell, and
  // once more when it could not be had.
  let rest;
  window.outdial.rest = () => (rest ??= WebAssembly.instantiateStreaming(fetched(assets.rest), { go: program.instance.exports })
    .catch((cause) => { rest = undefined; throw cause; }));
  go.run(program.instance).then(() => stopped(say.crashed), (cause) => stopped(say.crashed, cause));
  // Not before: keeping everything would take the line from the start.
  setTimeout(() => watchForUpdates().catch((cause) => console.warn("no service worker:", cause)), 500);
}

start().catch((cause) => stopped(say.failed, cause));
