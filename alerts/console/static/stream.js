// The stream of the page: told what changed, from where the page was made on, and again from there when it is cut off.
// A connection can be gone without a word (a phone that lost its network): the page never says "live" on a guess.

import { at, wishes } from "./page.js";

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 3000;
const SILENT_MS = 40000; // the server says something every 15 s
const LISTEN_EVERY_MS = 5000;

const live = at("live");
let { alerts, states } = document.body.dataset; // how far the page has heard
let retryMs = FIRST_RETRY_MS;
let stream = null;
let heardAt = 0;
let retrying = null;

// hears: cards(told, left), counts(told), reset()
export function listen(hears) {
  connect(hears);
  addEventListener("offline", () => reconnect(hears));
  setInterval(() => {
    if (performance.now() - heardAt > SILENT_MS) reconnect(hears);
  }, LISTEN_EVERY_MS);
}

function connect(hears) {
  stream = new EventSource(`/live?alerts=${alerts}&states=${states}&${wishes}`);
  hear();
  stream.onopen = () => {
    hear();
    retryMs = FIRST_RETRY_MS;
    show("live");
  };
  stream.addEventListener("beat", hear);
  stream.onerror = () => reconnect(hears);
  stream.addEventListener("cards", (event) => {
    hear();
    const told = JSON.parse(event.data);
    ({ alerts, states } = told);
    hears.cards(told.cards, told.left ?? []);
  });
  stream.addEventListener("counts", (event) => hears.counts(JSON.parse(event.data).counts));
  stream.addEventListener("reset", (event) => {
    ({ alerts, states } = JSON.parse(event.data));
    hears.reset();
  });
}

// The browser waits seconds before it tries again, and gives up on an answer such as 503; we do neither.
function reconnect(hears) {
  stream.close();
  show("lost");
  clearTimeout(retrying);
  retrying = setTimeout(() => connect(hears), retryMs);
  retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
}

function hear() {
  heardAt = performance.now();
}

function show(state) {
  live.dataset.state = state;
  at("live-word").textContent = live.dataset[state];
}
