// The cards: what the server tells is put in its place, without moving what is being read.

import { announce, at, cards, cardWith, currentId, detail, fragmentOf, home, list, listing, me, part } from "./page.js";

const SHOWN_MAX = 150; // a list that grows beyond this grows behind the line
const HELD_MAX = 50;
const LIT_MS = 1600;
const LOST_ASKED = 4; // alerts of a card that are asked whose they were: more lie together only where many were met at once

const newer = at("newer");
const held = new Map(); // what waits behind the line, by card: as it was told, the newest HELD_MAX of it
const asked = new Set(); // alerts whose cards are to be fetched
const words = at("announce").dataset;
let heldMore = 0; // what waits beyond that
let fetching = false;
let onChange = () => {};

export function whenCardsChange(hear) {
  onChange = hear;
}

export function takeCards(told, left) {
  left.forEach(letGo);
  const reading = isReading();
  for (const card of told) {
    if (card.html) place(card, { reading });
    else if (at(`card-${card.id}`) || held.has(card.id)) ask(card);
  }
  showHeld();
  onChange(told.flatMap((card) => card.alerts.split(" ")));
}

// An alert that touches the reader's unit no more is not shown here any more; others on its card may be.
function letGo(id) {
  const card = cardWith(id)?.dataset ?? [...held.values()].find(({ alerts }) => alerts.includes(id));
  if (!card) return;
  const other = idsOf(card.alerts).find((one) => one !== id);
  if (!other) return takeAway(card.id);
  card.told = -1; // whatever comes is shown, though it tells of less
  ask({ alerts: other });
}

function takeAway(id) {
  held.delete(id);
  const shown = at(`card-${id}`);
  const beside = shown?.contains(document.activeElement) && (shown.nextElementSibling ?? shown.previousElementSibling);
  shown?.remove();
  if (beside) beside.querySelector(".route").focus({ preventScroll: true });
  if (!cards().length) refreshList().catch(() => {}); // it says why it is empty
}

// What does not fit the list is told without its content; a page that shows it nevertheless asks for it.
function ask(card) {
  asked.add(card.alerts.split(":")[0]);
  fetchCards();
}

async function fetchCards() {
  if (fetching) return;
  fetching = true;
  while (asked.size) {
    const ids = [...asked].slice(0, 50);
    ids.forEach((id) => asked.delete(id));
    try {
      placeShown(await part(`/parts/cards?${ids.map((id) => `id=${id}`).join("&")}`));
    } catch {
      ids.forEach((id) => asked.add(id));
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  fetching = false;
}

// Cards as they stand, whether they fit the list or not: only those that are here are put in their places.
export function placeShown(fragment) {
  fragment.querySelectorAll(".card").forEach((element) => place(toldBy(element), { fits: false }));
}

function toldBy(element) {
  const { id, alerts, told, handled, at: news } = element.dataset;
  return { id, alerts, told: Number(told), handled: Number(handled), at: Number(news), html: element.outerHTML };
}

// reading: whether a new card waits behind the line
function place(card, { fits = true, reading = true } = {}) {
  const shown = at(`card-${card.id}`);
  const known = shown ? { told: Number(shown.dataset.told), handled: Number(shown.dataset.handled) } : held.get(card.id);
  if (known && card.told <= known.told && card.handled <= known.handled) return;
  if (!known && (!fits || isFurtherOn(card))) return;
  if (held.has(card.id)) held.set(card.id, card);
  else if (shown) replace(shown, card);
  else if (reading || at("cards").childElementCount >= SHOWN_MAX) hold(card);
  else insert(card);
  if (!known) leaveOthers(card);
}

// An alert lies on one card: where it came from, it is no more.
function leaveOthers(card) {
  const ids = new Set(idsOf(card.alerts));
  for (const other of cards()) {
    const lies = idsOf(other.dataset.alerts);
    if (other.dataset.id === card.id || !lies.some((id) => ids.has(id))) continue;
    const left = lies.find((id) => !ids.has(id));
    if (left) ask({ alerts: left });
    else other.remove();
  }
}

function idsOf(alerts) {
  return alerts.split(" ").map((alert) => alert.split(":")[0]);
}

// Whether it belongs to a page of the list that is not shown yet.
function isFurtherOn(card) {
  const last = document.querySelector("#cards .card:last-child");
  return last && document.querySelector("#listing .more") && card.at < Number(last.dataset.at);
}

// A card is told the same to every page, whatever its filters are: they are put on its links here.
function made(card) {
  const fresh = fragmentOf(card.html).querySelector(".card");
  for (const link of fresh.querySelectorAll("a:not([href*='?'])")) link.href = link.getAttribute("href") + home;
  return fresh;
}

function replace(shown, card) {
  const fresh = made(card);
  const focused = shown.contains(document.activeElement);
  const onPick = focused && document.activeElement.matches(".pick input");
  const [pick, before] = [fresh.querySelector(".pick input"), shown.querySelector(".pick input")];
  if (before?.checked && pick) {
    pick.checked = true;
    pick.value = before.value; // as it was seen when it was picked: who acts on something else is told
  }
  if (shown.querySelector("[aria-current]")) fresh.querySelector(".route").setAttribute("aria-current", "true");
  shown.replaceWith(fresh);
  sayLost(shown, fresh);
  if (focused) ((onPick && pick) || fresh.querySelector(".route")).focus({ preventScroll: true });
  if (card.told > Number(shown.dataset.told)) {
    light(fresh);
    announce(`${fresh.classList.contains("card-withdrawn") ? words.withdrawn : words.changed}: ${spoken(fresh)}`);
  }
}

// Whose card it was is told who took it, gave it away or let it go, until the card is hers again.
function sayLost(shown, fresh) {
  const [had, have] = [shown, fresh].map((card) => JSON.parse(card.dataset.owners));
  if (have.includes(me)) return;
  const said = shown.querySelector(".lost");
  if (said) fresh.append(said);
  else if (had.includes(me)) tellLost(idsOf(fresh.dataset.alerts).slice(0, LOST_ASKED));
}

// A card is told the same to everybody: by whom, and whether it was the reader herself, each alert of it says.
async function tellLost(alerts) {
  for (const alert of alerts) {
    const bar = await part(`/parts/handling/${alert}`).catch(() => null);
    const told = bar?.querySelector(".reply-lost")?.textContent;
    const card = cardWith(alert);
    if (!told || !card || card.querySelector(".lost")) continue;
    const sentence = document.createElement("span");
    sentence.className = "because lost";
    sentence.textContent = told;
    card.append(sentence);
    announce(`${told} ${spoken(card)}`);
    return;
  }
}

function insert(card) {
  at("empty")?.remove();
  const fresh = made(card);
  const all = at("cards");
  const after = [...all.children].find((other) => Number(other.dataset.at) <= card.at);
  all.insertBefore(fresh, after ?? null);
  light(fresh);
  announce(`${words.new}: ${spoken(fresh)}`);
}

// Lit, then not: a fading light has the browser paint some hundred frames for each card, on every page that is open.
function light(card) {
  card.classList.add("arrived");
  setTimeout(() => card.classList.remove("arrived"), LIT_MS);
}

function spoken(card) {
  const arrow = card.querySelector(".icon-arrow").getAttribute("aria-label");
  const [who, from, to] = [".who strong", ".from", ".to"].map((name) => card.querySelector(name).textContent);
  return `${who}, ${from} ${arrow} ${to}`;
}

// Whoever has scrolled, opened an alert, picked one or stands on one is reading: new cards wait behind the line.
// Asked once for all that is told together, for it has the browser lay out the page.
function isReading() {
  const { body, activeElement } = document;
  const scrolled = list.scrollTop > 8 || (window.scrollY > 8 && !body.classList.contains("has-alert"));
  return scrolled || body.classList.contains("has-alert") || listing.contains(activeElement)
    || list.querySelector(".pick :checked, #filtering[open], .many-told") !== null;
}

function hold(card) {
  held.set(card.id, card);
  if (held.size > HELD_MAX) {
    held.delete(held.keys().next().value);
    heldMore += 1;
  }
}

function showHeld() {
  const count = held.size + heldMore;
  if (!count) newer.hidden = true;
  const told = (count === 1 ? newer.dataset.one : newer.dataset.many).replace("#", count);
  if (!count || (told === newer.textContent && !newer.hidden)) return;
  newer.hidden = false;
  newer.textContent = told;
  announce(told);
}

export async function release() {
  if (newer.hidden) return;
  if (heldMore || cards().length + held.size > SHOWN_MAX) await refreshList();
  else [...held.values()].sort((one, other) => one.at - other.at).forEach(insert);
  forget();
  list.scrollTop = 0;
  window.scrollTo(0, 0);
  document.querySelector("#cards .route")?.focus();
}

function forget() {
  held.clear();
  heldMore = 0;
  newer.hidden = true;
}

export async function refreshList() {
  const fresh = await part("/parts/list");
  forget();
  listing.replaceChildren(fresh);
  markCurrent();
  onChange(cards().flatMap((card) => card.dataset.alerts.split(" ")));
}

export function markCurrent() {
  const id = currentId();
  for (const card of cards()) {
    const link = card.querySelector(".route");
    if (id && card.dataset.alerts.includes(id)) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

newer.addEventListener("click", release);
