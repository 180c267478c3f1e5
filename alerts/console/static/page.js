// What the scripts of the page share: its address, the parts that the server renders, and saying things aloud.

const SAID_EVERY_MS = 3000;

const { body } = document;
export const wishes = [body.dataset.filter, `lang=${document.documentElement.lang}`].filter(Boolean).join("&");
export const home = body.dataset.filter ? `?${body.dataset.filter}` : "";

export const at = (id) => document.getElementById(id);
export const detail = at("detail");
export const list = at("list");
export const listing = at("listing");

export async function part(path, given) {
  const answer = await fetch(`${path}${path.includes("?") ? "&" : "?"}${wishes}`, given);
  if (!answer.ok && !(given && [404, 409, 422].includes(answer.status))) throw new Error(`${answer.status} ${path}`);
  return fragmentOf(await answer.text());
}

export function fragmentOf(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

export function currentId() {
  return location.pathname.match(/^\/alerts\/([0-9a-f-]+)$/)?.[1] ?? null;
}

export function cards() {
  return [...document.querySelectorAll("#cards .card")];
}

export function cardWith(alertId) {
  return document.querySelector(`#cards .card[data-alerts*="${CSS.escape(alertId)}"]`);
}

// Aloud, but not on and on: what comes while something was just said waits, and only the last of it is said.
let waiting = null;
let saidAt = -SAID_EVERY_MS;

export function announce(text) {
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    saidAt = performance.now();
    at("announce").textContent = text;
  }, Math.max(0, saidAt + SAID_EVERY_MS - performance.now()));
}
