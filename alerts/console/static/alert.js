// The alert beside the list: opening it, acting on it, and being told when it changes while it is read.

import { announce, at, cardWith, currentId, detail, home, list, part } from "./page.js";
import { markCurrent } from "./cards.js";

const OVERVIEW_EVERY_MS = 5000;

let openings = 0;
let overviewDue = false;
let arrivedSince = false; // since the overview was last drawn

// changed: "id:revision:version" of alerts
export function hearOfAlerts(changed) {
  arrivedSince = true;
  refreshOverview();
  const id = currentId();
  const told = id && changed.find((alert) => alert.startsWith(id));
  if (!told) return;
  const [, revision, version] = told.split(":").map(Number);
  if (revision > Number(at("alert")?.dataset.revision)) at("changed").hidden = false;
  if (version > Number(at("acting")?.dataset.version)) refreshHandling();
}

// wish: what else the address asks of an alert, as "at=…"
export async function open(id, { push = true, wish = "" } = {}) {
  const path = id ? `/alerts/${id}` : "/";
  const opening = ++openings;
  try {
    const fragment = await part(id ? `/parts/alert/${id}${wish && `?${wish}`}` : "/parts/overview");
    if (opening !== openings) return; // the reader has gone on to another
    show(fragment);
  } catch {
    location.assign(path);
    return;
  }
  document.body.classList.toggle("has-alert", Boolean(id));
  if (push) history.pushState(null, "", path + home);
  markCurrent();
}

function show(fragment) {
  detail.replaceChildren(fragment);
  detail.scrollTop = 0;
  document.title = detail.querySelector("h1").textContent;
}

export async function leave() {
  const id = currentId();
  await open(null);
  cardWith(id)?.querySelector(".route").focus();
}

// What went out of the unit's sight while it was read does not stay, nor does it go without a word.
export function leaveOff(left) {
  const shown = at("alert");
  if (!shown || !left.includes(shown.dataset.id)) return;
  const focused = detail.contains(document.activeElement);
  show(at("left").content.cloneNode(true));
  announce(document.title);
  if (focused) detail.querySelector("h1").focus();
}

// At once, and then no more often than every few seconds, however many alerts arrive.
async function refreshOverview() {
  if (overviewDue || !at("overview")) return;
  overviewDue = true;
  arrivedSince = false;
  const fresh = await part("/parts/overview").catch(() => null);
  if (fresh && at("overview")) detail.replaceChildren(fresh);
  setTimeout(() => {
    overviewDue = false;
    if (arrivedSince) refreshOverview();
  }, OVERVIEW_EVERY_MS);
}

async function refreshHandling() {
  const id = currentId();
  const fresh = await part(`/parts/handling/${id}`).catch(() => null);
  if (fresh && id === currentId()) showHandling(fresh, { keepWords: true });
}

// Whoever is filling in a form keeps it; when it is sent, the server says what happened meanwhile.
function showHandling(fresh, { keepWords }) {
  const acting = at("acting");
  const [history, bar] = [fresh.getElementById("handled"), fresh.getElementById("acting")];
  at("handled")?.replaceWith(history);
  if (!acting) return;
  const isNews = Number(bar.dataset.version) > Number(acting.dataset.version);
  if (keepWords && (!isNews || acting.querySelector("details[open]"))) return; // what was just done is still said
  const focused = acting.contains(document.activeElement);
  acting.replaceWith(bar);
  if (focused) bar.querySelector("button, summary")?.focus();
}

async function act(form, button) {
  const { id } = at("acting").dataset;
  const given = new URLSearchParams(new FormData(form));
  given.set("action", button.value);
  button.disabled = true;
  try {
    const fresh = await part(`/parts/handling/${id}/act`, { method: "POST", body: given });
    if (id !== currentId()) return;
    if (!fresh.getElementById("acting")) return show(fresh); // it is another unit's now
    showHandling(fresh, { keepWords: false });
    const bar = at("acting");
    announce(bar.querySelector(".reply p")?.textContent ?? "");
    (bar.querySelector("details[open] textarea") ?? bar.querySelector(".undo, button, summary"))?.focus();
  } catch {
    announce(at("live").dataset.lost);
    button.disabled = false; // what was typed is still there
  }
}

document.addEventListener("submit", (event) => {
  if (!event.target.closest("#acting")) return;
  event.preventDefault();
  act(event.target, event.submitter ?? event.target.querySelector("button[name=action]"));
});

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#listing a, #detail a");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const { pathname, search } = new URL(link.href);
  const id = pathname.match(/^\/alerts\/([0-9a-f-]+)$/)?.[1];
  if (new URLSearchParams(search).has("at")) return; // another moment: a page of its own
  if (!id && !link.classList.contains("back")) return;
  event.preventDefault();
  open(id ?? null).then(() => {
    if (event.detail === 0 || getComputedStyle(list).display === "none") detail.querySelector("h1").focus();
  });
});

detail.addEventListener("click", (event) => {
  if (event.target.id === "print") window.print();
  if (event.target.id === "changed") open(currentId(), { push: false });
});

window.addEventListener("popstate", () => {
  if (currentId() || location.pathname === "/") open(currentId(), { push: false });
  else location.reload();
});
