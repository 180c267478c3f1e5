// The keyboard: through list and alert, and everything that can be done with them.

import { at, currentId } from "./page.js";
import { leave } from "./alert.js";
import { release } from "./cards.js";
import { actOn, pickAll, pickNone, picked, toggle } from "./many.js";

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") {
    if (closeSheet() || pickNone()) return;
    if (currentId() && !event.target.closest("input, textarea, select")) leave();
    return;
  }
  if (event.key === "Enter" && event.ctrlKey) submit(event.target);
  const typing = event.target.closest("textarea, select, input:not([type=checkbox])");
  if (event.metaKey || event.ctrlKey || event.altKey || typing) return;
  if (does(event.key)) event.preventDefault();
});

function does(key) {
  switch (key) {
    case "j": return step(1);
    case "k": return step(-1);
    case "x": return toggle(cardHere()), true;
    case "X": return pickAll(), true;
    case "n": return release(), true;
    case "f": return press(at("filtering"), key);
    default: return act(key);
  }
}

// Picked cards first; then the card that one stands on, unless it is open beside; then the alert that is open. What a
// card has no key for is not done to another alert instead.
function act(key) {
  const bar = at("many-bar");
  const card = cardHere();
  if (picked().length || (key === "u" && bar.classList.contains("many-told"))) return press(bar, key);
  if (card && !(currentId() && card.dataset.alerts.includes(currentId()))) return actThere(card, has(bar, key));
  return Boolean(currentId()) && press(at("acting"), key);
}

function actThere(card, target) {
  if (!target || !card.querySelector(".pick")) return false;
  if (target.matches("button")) return actOn(card, target), true;
  toggle(card);
  return picked().length > 0 && press(at("many-bar"), target.dataset.key);
}

function has(where, key) {
  return where?.querySelector(`[data-key="${CSS.escape(key)}"]`);
}

function press(where, key) {
  const target = has(where, key);
  if (!target) return false;
  const more = target.closest("details.rarer");
  if (more) more.open = true;
  if (target.matches("summary")) target.focus();
  target.click();
  target.closest("details[open]")?.querySelector(".sheet select, .sheet input:not([type=hidden]), .sheet textarea")?.focus();
  return true;
}

function submit(target) {
  const sheet = target.closest("#acting form, #many-bar .sheet");
  const button = sheet?.querySelector("button[name=action]");
  if (button) button.form.requestSubmit(button);
}

function closeSheet() {
  const open = "#acting details[open], #many-bar details[open], #filtering[open], .identity[open]";
  const sheets = document.querySelectorAll(open);
  if (!sheets.length) return false;
  for (const sheet of sheets) sheet.open = false; // with the menu that it stands in
  sheets[0].querySelector("summary").focus();
  return true;
}

function cardHere() {
  return document.activeElement.closest?.("#cards .card");
}

function step(by) {
  const links = [...document.querySelectorAll("#cards .route")];
  if (!links.length) return false;
  const from = cardHere()?.querySelector(".route") ?? document.querySelector("#cards .route[aria-current]");
  const index = from ? links.indexOf(from) + by : 0;
  const link = links[Math.min(Math.max(index, 0), links.length - 1)];
  link.focus({ preventScroll: true });
  link.closest(".card").scrollIntoView({ block: "nearest" });
  return true;
}
