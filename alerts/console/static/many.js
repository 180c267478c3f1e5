// Picking cards, and doing the same with all of them.

import { placeShown } from "./cards.js";
import { announce, at, cards, forgetUndone, part, sayUndone } from "./page.js";

export function picked() {
  return [...document.querySelectorAll("#cards .pick :checked")];
}

export function toggle(card) {
  const box = card?.querySelector(".pick input");
  if (!box) return;
  box.checked = !box.checked;
  showCount();
}

export function pickAll() {
  const boxes = cards().flatMap((card) => card.querySelector(".pick input") ?? []);
  const all = boxes.every((box) => box.checked);
  boxes.forEach((box) => { box.checked = !all; });
  showCount();
}

// Whether there was anything to let go of.
export function pickNone() {
  const bar = at("many-bar");
  const some = picked().length > 0 || bar.classList.contains("many-told");
  picked().forEach((box) => { box.checked = false; });
  bar.classList.remove("many-told");
  bar.querySelector(".many-reply")?.remove();
  showCount();
  return some;
}

export function showCount() {
  const bar = at("many-bar");
  const count = picked().length;
  at("picked").textContent = (count === 1 ? bar.dataset.one : bar.dataset.more).replace("#", count);
  bar.classList.toggle("many-some", count > 0);
}

// What needs no further word is done with one card without showing the bar for a moment. Refused, the card is picked.
export function actOn(card, button) {
  act(button.form, button, card);
}

async function act(form, button, card = null) {
  const given = new URLSearchParams(new FormData(form));
  given.set("action", button.value);
  if (card) given.append("pick", card.querySelector(".pick input").value);
  const buttons = [...at("many-bar").querySelectorAll("button")];
  buttons.forEach((each) => { each.disabled = true; });
  forgetUndone();
  try {
    const fresh = await part("/parts/act", { method: "POST", body: given });
    const inside = at("many-bar").contains(document.activeElement);
    placeShown(fresh);
    at("many-bar").replaceWith(fresh.getElementById("many-bar"));
    if (card) pick(card);
    letGo(at("many-bar").dataset.done.split(" "));
    const said = at("many-bar").querySelector(".many-reply");
    announce(said?.innerText ?? "");
    if (inside) (said?.querySelector(".undo") ?? document.querySelector("#cards .pick :checked, #cards .route"))?.focus();
  } catch {
    sayUndone();
    buttons.forEach((each) => { each.disabled = false; });
    if (card) pick(card);
    showCount();
  }
}

// The card as it now stands.
function pick(card) {
  const box = at(card.id)?.querySelector(".pick input");
  if (box) box.checked = true;
}

// What was done is not picked any more. What was refused still is, now as it stands, since its reader was just told;
// not what lies beside it on the card and was not asked for, as an alert that is withdrawn.
function letGo(done) {
  for (const box of picked()) {
    const { id, alerts } = box.closest(".card").dataset;
    if (done.includes(id)) box.checked = false;
    else box.value = [id, ...alerts.split(" ").filter((alert) => box.value.includes(idOf(alert))).map(handled)].join(" ");
  }
  showCount();
}

function idOf(alert) {
  return alert.split(":")[0];
}

// "id:version" of "id:revision:version", and whatever follows
function handled(alert) {
  const [id, , version] = alert.split(":");
  return `${id}:${version}`;
}

document.addEventListener("change", (event) => {
  if (event.target.closest?.(".pick")) showCount();
});

document.addEventListener("submit", (event) => {
  if (!event.target.closest("#many-bar")) return;
  event.preventDefault();
  act(event.target, event.submitter ?? event.target.querySelector("button[name=action]"));
});

document.addEventListener("click", (event) => {
  if (event.target.closest("#pick-none")) pickNone();
  if (event.target.closest("#pick-all")) pickAll();
});

showCount(); // a browser that goes back has kept what was picked
