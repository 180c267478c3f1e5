// The slider of an alert: what was known at the moment under its handle. Without this, the form beside it does the same.
// While it is dragged only its words follow: what is shown brings a slider of its own, and a hand would lose the one it holds.

import { open } from "./alert.js";
import { at, currentId } from "./page.js";

document.addEventListener("input", (event) => {
  if (event.target.id !== "back-step") return;
  const words = at("looking-back").dataset.words.split("|")[event.target.value];
  event.target.setAttribute("aria-valuetext", words);
  at("back-words").value = words;
});

document.addEventListener("change", async (event) => {
  if (event.target.id !== "back-step") return;
  const form = at("looking-back");
  const moments = form.dataset.moments.split(" ");
  const step = Number(event.target.value);
  const wish = step < moments.length - 1 ? `at=${moments[step]}` : "";
  if (!(await open(currentId(), { push: false, replace: true, wish }))) form.reset();
  at("back-step")?.focus();
});
