// What the scripts of the page share: its address, the parts that the server renders, and saying things aloud.

const SAID_EVERY_MS = 3000;

const { body } = document;
export const wishes = [body.dataset.filter, `lang=${document.documentElement.lang}`].filter(Boolean).join("&");
export const home = body.dataset.filter ? `?${body.dataset.filter}` : "";
if (new URLSearchParams(location.search).has("done")) history.replaceState(null, "", location.pathname + home);

export const me = body.dataset.viewer.slice(0, body.dataset.viewer.lastIndexOf("|"));
export const at = (id) => document.getElementById(id);
export const detail = at("detail");
export const list = at("list");
export const listing = at("listing");

export class Unreachable extends Error {}

// Throws Unreachable where nothing was answered at all, Error for an answer that is of no use.
export async function part(path, given) {
  const answer = await fetch(`${path}${path.includes("?") ? "&" : "?"}${wishes}`, given).catch(() => {
    throw new Unreachable(path);
  });
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

// For all to see and hear, until the reader does something else: what was asked was not done.
export function sayUndone(why) {
  const undone = at("undone");
  undone.textContent = why ?? undone.dataset.unreachable;
  undone.hidden = false;
}

export function forgetUndone() {
  at("undone").hidden = true;
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
