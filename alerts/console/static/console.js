// The live part of the console: the server renders, this puts what it rendered in its place without moving what is read.

const body = document.body;
const list = document.getElementById("list");
const listing = document.getElementById("listing");
const detail = document.getElementById("detail");
const newer = document.getElementById("newer");
const live = document.getElementById("live");
const announce = document.getElementById("announce");
const rail = document.getElementById("rail");
const wishes = body.dataset.filter;
const archive = new URLSearchParams(wishes).has("archive");
const filter = wishes ? `?${wishes}` : "";

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 3000;
const AGO_EVERY_MS = 20000;
const OVERVIEW_EVERY_MS = 1000;
const RAIL_EVERY_MS = 500;

let { position, states } = body.dataset; // how far we were told of alerts and of what coordinators did
let railDue = false;
let retryMs = FIRST_RETRY_MS;
let stream = null;
const asked = new Set(); // alerts that changed, whose cards are still to be fetched
const held = new Map(); // cards that wait behind the line, by alert
let fetching = false;
let overviewDue = false;
let openings = 0;
let arrivedSince = false; // since the overview was last drawn

// ---- the stream -------------------------------------------------------------------------------------------------

function connect() {
  stream = new EventSource(`${body.dataset.stream}?last_event_id=${position}&states=${states}`);
  stream.onopen = () => {
    retryMs = FIRST_RETRY_MS;
    showConnection("live");
  };
  stream.onerror = reconnect;
  stream.addEventListener("alert", (event) => take(event));
  stream.addEventListener("state", (event) => handled(JSON.parse(event.data)));
  stream.addEventListener("reset", (event) => {
    position = event.lastEventId || position;
    refreshList();
  });
}

// The browser waits seconds before it tries again, and gives up on an answer such as 503; we do neither.
function reconnect() {
  stream.close();
  showConnection("lost");
  setTimeout(connect, retryMs);
  retryMs = Math.min(retryMs * 2, LONGEST_RETRY_MS);
}

function showConnection(state) {
  live.dataset.state = state;
  document.getElementById("live-word").textContent = live.dataset[state];
}

function take(event) {
  position = event.lastEventId || position;
  const alert = JSON.parse(event.data);
  if (!archive && !alert.pushed && !cardOf(alert.alert_id)) return;
  asked.add(alert.alert_id);
  fetchCards();
}

function handled(state) {
  states = state.position;
  asked.add(state.alert_id);
  fetchCards();
  const acting = document.getElementById("acting");
  if (acting?.dataset.id === state.alert_id && Number(acting.dataset.version) < state.version) refreshHandling();
}

// ---- cards ------------------------------------------------------------------------------------------------------

async function fetchCards() {
  if (fetching) return;
  fetching = true;
  while (asked.size) {
    const ids = [...asked].slice(0, 50);
    ids.forEach((id) => asked.delete(id));
    try {
      (await part(`/parts/cards?${ids.map((id) => `id=${id}`).join("&")}&${wishes}`)).querySelectorAll(".card").forEach(place);
    } catch {
      ids.forEach((id) => asked.add(id));
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  fetching = false;
  refreshRail();
  refreshOverview();
}

function place(card) {
  arrivedSince = true;
  const { id } = card.dataset;
  const shown = cardOf(id) ?? held.get(id);
  const retold = !shown || Number(card.dataset.position) > Number(shown.dataset.position);
  if (!retold && Number(shown.dataset.version) >= Number(card.dataset.version)) return;
  if (!shown && ("elsewhere" in card.dataset || isFurtherOn(card))) return;
  if (held.has(id)) held.set(id, card);
  else if (shown) replace(shown, card);
  else if (isReading()) hold(card);
  else insert(card);
  if (retold && detail.querySelector(`#alert[data-id="${id}"]`)) document.getElementById("changed").hidden = false;
}

// Whether it belongs to a page of the list that is not shown yet.
function isFurtherOn(card) {
  const last = document.querySelector("#cards .card:last-child");
  return last && document.querySelector("#listing .more") && Number(card.dataset.known) < Number(last.dataset.known);
}

function replace(shown, card) {
  const link = shown.querySelector(".route");
  const focused = shown.contains(document.activeElement);
  if (link.hasAttribute("aria-current")) card.querySelector(".route").setAttribute("aria-current", "true");
  shown.replaceWith(card);
  if (focused) card.querySelector(".route").focus({ preventScroll: true });
  arrive(card, announce.dataset.changed);
}

function insert(card) {
  document.getElementById("empty")?.remove();
  const cards = document.getElementById("cards");
  const after = [...cards.children].find((other) => Number(other.dataset.known) <= Number(card.dataset.known));
  cards.insertBefore(card, after ?? null);
  arrive(card, announce.dataset.new);
}

function arrive(card, what) {
  card.classList.add("arrived");
  announce.textContent = `${what}: ${card.querySelector(".who strong").textContent}, ${spoken(card)}`;
}

function spoken(card) {
  const arrow = card.querySelector(".icon-arrow").getAttribute("aria-label");
  return `${card.querySelector(".from").textContent} ${arrow} ${card.querySelector(".to").textContent}`;
}

// Whoever has scrolled, opened an alert or stands on a card is reading: new cards wait behind the line.
function isReading() {
  const scrolled = list.scrollTop > 8 || (window.scrollY > 8 && !body.classList.contains("has-alert"));
  return scrolled || body.classList.contains("has-alert") || listing.contains(document.activeElement);
}

function hold(card) {
  held.set(card.dataset.id, card);
  newer.hidden = false;
  newer.textContent = (held.size === 1 ? newer.dataset.one : newer.dataset.many).replace("#", held.size);
  announce.textContent = newer.textContent;
}

function release() {
  [...held.values()].sort((a, b) => a.dataset.known - b.dataset.known).forEach(insert);
  held.clear();
  newer.hidden = true;
  list.scrollTop = 0;
  window.scrollTo(0, 0);
  document.querySelector("#cards .route")?.focus();
}

async function refreshList() {
  const fresh = await part(`/parts/list${filter}`);
  held.clear();
  newer.hidden = true;
  listing.replaceChildren(fresh);
  markCurrent();
  refreshOverview();
}

// ---- the alert --------------------------------------------------------------------------------------------------

async function open(id, { push = true } = {}) {
  const path = id ? `/alerts/${id}` : "/";
  const opening = ++openings;
  try {
    const fragment = await part((id ? `/parts/alert/${id}` : "/parts/overview") + filter);
    if (opening !== openings) return; // the reader has gone on to another
    show(fragment);
  } catch {
    location.assign(path);
    return;
  }
  body.classList.toggle("has-alert", Boolean(id));
  if (push) history.pushState(null, "", path + filter);
  markCurrent();
}

function show(fragment) {
  detail.replaceChildren(fragment);
  detail.scrollTop = 0;
  const heading = detail.querySelector("h1");
  document.title = heading.textContent;
}

function markCurrent() {
  const id = currentId();
  document.querySelectorAll("#cards .route").forEach((link) => {
    if (id && link.closest(".card").dataset.id === id) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
}

function currentId() {
  return location.pathname.match(/^\/alerts\/([0-9a-f-]+)$/)?.[1] ?? null;
}

// At once, and then no more often than once a second, however many alerts arrive.
async function refreshOverview() {
  if (overviewDue || !document.getElementById("overview")) return;
  overviewDue = true;
  await redrawOverview();
  setTimeout(() => {
    overviewDue = false;
    if (arrivedSince) refreshOverview();
  }, OVERVIEW_EVERY_MS);
}

async function redrawOverview() {
  arrivedSince = false;
  const fresh = await part(`/parts/overview${filter}`).catch(() => null);
  if (fresh && document.getElementById("overview")) detail.replaceChildren(fresh);
}

// ---- acting -----------------------------------------------------------------------------------------------------

async function refreshRail() {
  if (railDue) return;
  railDue = true;
  await new Promise((resolve) => setTimeout(resolve, RAIL_EVERY_MS));
  railDue = false;
  const fresh = await part(`/parts/rail${filter}`).catch(() => null);
  if (fresh && !rail.contains(document.activeElement)) rail.replaceChildren(fresh);
}

async function refreshHandling() {
  const id = currentId();
  const fresh = await part(`/parts/handling/${id}${filter}`).catch(() => null);
  if (fresh && id === currentId()) showHandling(fresh, { keepWords: true });
}

// Whoever is filling in a form keeps it; when it is sent, the server says what happened meanwhile.
function showHandling(fresh, { keepWords }) {
  const acting = document.getElementById("acting");
  const [history, bar] = [fresh.getElementById("handled"), fresh.getElementById("acting")];
  document.getElementById("handled")?.replaceWith(history);
  if (!acting) return;
  const isNews = Number(bar.dataset.version) > Number(acting.dataset.version);
  if (keepWords && (!isNews || acting.querySelector("details[open]"))) return; // what was just done is still said
  const focused = acting.contains(document.activeElement);
  acting.replaceWith(bar);
  if (focused) bar.querySelector("button, summary")?.focus();
}

async function act(form, button) {
  const { id } = document.getElementById("acting").dataset;
  const given = new URLSearchParams(new FormData(form));
  given.set("action", button.value);
  button.disabled = true;
  try {
    const answer = await fetch(`/parts/handling/${id}/act${filter}`, { method: "POST", body: given });
    if (![200, 409, 422].includes(answer.status)) throw new Error(`${answer.status}`);
    const fresh = fragmentOf(await answer.text());
    if (id !== currentId()) return;
    showHandling(fresh, { keepWords: false });
    const bar = document.getElementById("acting");
    announce.textContent = bar.querySelector(".reply p")?.textContent ?? "";
    (bar.querySelector("details[open] textarea") ?? bar.querySelector(".undo, button, summary"))?.focus();
  } catch {
    announce.textContent = live.dataset.lost;
    button.disabled = false; // what was typed is still there
  }
}

function press(key) {
  const target = document.querySelector(`#acting [data-key="${CSS.escape(key)}"]`);
  if (!target) return false;
  target.focus();
  target.click();
  target.closest("details[open]")?.querySelector("select, input:not([type=hidden]), textarea")?.focus();
  return true;
}

function closeSheet() {
  const sheet = document.querySelector("#acting details[open], .identity[open]");
  if (!sheet) return false;
  sheet.open = false;
  sheet.querySelector("summary").focus();
  return true;
}

document.addEventListener("submit", (event) => {
  if (!event.target.closest("#acting")) return;
  event.preventDefault();
  act(event.target, event.submitter ?? event.target.querySelector("button[name=action]"));
});

async function part(path) {
  const answer = await fetch(path, { headers: { accept: "text/html" } });
  if (!answer.ok) throw new Error(`${answer.status} ${path}`);
  return fragmentOf(await answer.text());
}

function fragmentOf(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

// ---- the reader -------------------------------------------------------------------------------------------------

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("#listing a, #detail a");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const id = new URL(link.href).pathname.match(/^\/alerts\/([0-9a-f-]+)$/)?.[1];
  if (!id && !link.classList.contains("back")) return;
  event.preventDefault();
  open(id ?? null).then(() => {
    if (event.detail === 0 || getComputedStyle(list).display === "none") detail.querySelector("h1").focus();
  });
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && closeSheet()) return;
  if (event.key === "Enter" && event.ctrlKey) event.target.closest("#acting form")?.requestSubmit();
  if (event.metaKey || event.ctrlKey || event.altKey || event.target.closest("input, textarea, select")) return;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "Escape" && currentId()) leave();
  else if (currentId() && press(event.key)) event.preventDefault();
});

function step(by) {
  const links = [...document.querySelectorAll("#cards .route")];
  if (!links.length) return;
  const from = document.activeElement.closest?.(".card")?.querySelector(".route")
    ?? document.querySelector("#cards .route[aria-current]");
  const index = from ? links.indexOf(from) + by : 0;
  const link = links[Math.min(Math.max(index, 0), links.length - 1)];
  link.focus();
  link.scrollIntoView({ block: "nearest" });
}

async function leave() {
  const id = currentId();
  await open(null);
  cardOf(id)?.querySelector(".route").focus();
}

newer.addEventListener("click", release);
detail.addEventListener("click", (event) => {
  if (event.target.id === "changed") open(currentId(), { push: false });
});
window.addEventListener("popstate", () => {
  if (currentId() || location.pathname === "/") open(currentId(), { push: false });
  else location.reload();
});

function cardOf(id) {
  return document.getElementById(`card-${id}`);
}

// ---- time -------------------------------------------------------------------------------------------------------

const [NOW, MINUTES, HOURS, DAYS] = body.dataset.ago.split("|");

function tellAgo() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const minutes = Math.floor((Date.now() - Number(time.dataset.ago)) / 60000);
    if (minutes < 1) time.textContent = NOW;
    else if (minutes < 60) time.textContent = MINUTES.replace("#", minutes);
    else if (minutes < 1440) time.textContent = HOURS.replace("#", Math.floor(minutes / 60));
    else time.textContent = DAYS.replace("#", Math.floor(minutes / 1440));
  }
}

if (new URLSearchParams(location.search).has("done")) history.replaceState(null, "", location.pathname + filter);
setInterval(tellAgo, AGO_EVERY_MS);
connect();
