// The alert beside the list: opening it, acting on it, and being told when it changes while it is read.

import {
  announce, at, cardWith, currentId, detail, forgetUndone, home, list, part, sayUndone, Unreachable,
} from "./page.js";
import { markCurrent } from "./cards.js";

const OVERVIEW_EVERY_MS = 5000;

let openings = 0;
let shownAt = location.href; // the address of what is shown
let overviewDue = false;
let arrivedSince = false; // since the overview was last drawn

// changed: "id:revision:version" of alerts, and after it ":withdrawn" of those that are
export function hearOfAlerts(changed) {
  arrivedSince = true;
  refreshOverview();
  const id = currentId();
  const told = id && changed.find((alert) => alert.startsWith(id));
  if (!told) return;
  const [, revision, version, withdrawn] = told.split(":");
  if (Number(revision) > Number(at("alert")?.dataset.revision)) overtake(withdrawn ?? "revised");
  if (Number(version) > Number(at("acting")?.dataset.version)) refreshHandling();
}

// What is read stays where it is and as it was said until its reader asks for more, but is not to be believed any more.
function overtake(how) {
  if (detail.querySelector(".past")) return; // it says of itself that it is not how it stands
  const [alert, changed] = [at("alert"), at("changed")];
  if (alert.dataset.overtaken === how) return;
  alert.dataset.overtaken = how;
  changed.textContent = changed.dataset[how];
  changed.hidden = false;
  announce(changed.textContent);
}

// wish: what else the address asks of an alert, as "at=…". Answers whether it is shown now.
export async function open(id, { push = true, replace = false, wish = "" } = {}) {
  const path = id ? `/alerts/${id}` : "/";
  const address = wish ? `${path}${home ? `${home}&` : "?"}${wish}` : path + home;
  const opening = ++openings;
  forgetUndone();
  let fragment;
  try {
    fragment = await part(id ? `/parts/alert/${id}${wish && `?${wish}`}` : "/parts/overview");
  } catch (error) {
    if (opening === openings) stay(error, address);
    return false;
  }
  if (opening !== openings) return false; // the reader has gone on to another
  show(fragment);
  document.body.classList.toggle("has-alert", Boolean(id));
  if (push) history.pushState(null, "", address);
  if (replace) history.replaceState(null, "", address);
  shownAt = location.href;
  markCurrent();
  return true;
}

// Out of reach, a page that is there is worth more than the browser's own that says so: it comes to life again by itself.
function stay(error, address) {
  if (!(error instanceof Unreachable)) return location.assign(address);
  sayUndone();
  if (location.href !== shownAt) history.pushState(null, "", shownAt);
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
  const lost = bar.querySelector(".reply-lost")?.textContent;
  if (lost && keepWords && lost !== acting.querySelector(".reply-lost")?.textContent) announce(lost);
  acting.replaceWith(bar);
  if (focused) bar.querySelector("button, summary")?.focus();
}

async function act(form, button) {
  const { id } = at("acting").dataset;
  const about = document.title;
  const given = new URLSearchParams(new FormData(form));
  given.set("action", button.value);
  button.disabled = true;
  forgetUndone();
  try {
    const fresh = await part(`/parts/handling/${id}/act`, { method: "POST", body: given });
    if (id !== currentId()) return sayStopped(fresh, about);
    if (!fresh.getElementById("acting")) return show(fresh); // it is another unit's now
    showHandling(fresh, { keepWords: false });
    const bar = at("acting");
    announce(bar.querySelector(".reply p")?.textContent ?? "");
    (bar.querySelector("details[open] textarea") ?? bar.querySelector(".undo, button, summary"))?.focus();
  } catch {
    sayUndone();
    button.disabled = false; // what was typed is still there
  }
}

// Whoever went on to another alert meanwhile is told all the same what was not done to the one before.
function sayStopped(fresh, about) {
  const stopped = fresh.querySelector(".reply-stopped p");
  if (stopped) sayUndone(`${about} ${stopped.textContent}`);
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
  open(id ?? null).then((opened) => {
    if (!opened) return;
    if (event.detail === 0 || getComputedStyle(list).display === "none") detail.querySelector("h1").focus();
  });
});

detail.addEventListener("click", (event) => {
  if (event.target.id === "print") window.print();
  if (event.target.id === "changed") open(currentId(), { push: false });
});

window.addEventListener("popstate", () => {
  const moment = new URLSearchParams(location.search).get("at");
  const wish = moment ? `at=${encodeURIComponent(moment)}` : "";
  if (currentId() || location.pathname === "/") open(currentId(), { push: false, wish });
  else location.reload();
});
