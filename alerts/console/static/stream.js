// The stream of the page: told what changed, from where the page was made on, and again from there when it is cut off.

import { at, wishes } from "./page.js";

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 3000;

const live = at("live");
let { alerts, states } = document.body.dataset; // how far the page has heard
let retryMs = FIRST_RETRY_MS;
let stream = null;

// hears: cards(told, left), counts(told), reset()
export function connect(hears) {
  stream = new EventSource(`/live?alerts=${alerts}&states=${states}&${wishes}`);
  stream.onopen = () => {
    retryMs = FIRST_RETRY_MS;
    show("live");
  };
  stream.onerror = () => reconnect(hears);
  stream.addEventListener("cards", (event) => {
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
  setTimeout(() => connect(hears), retryMs);
  retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
}

function show(state) {
  live.dataset.state = state;
  at("live-word").textContent = live.dataset[state];
}
