// The slider of an alert: what was known at the moment under its handle. Without this, the form beside it does the same.

import { open } from "./alert.js";
import { at, currentId } from "./page.js";

document.addEventListener("input", async (event) => {
  if (event.target.id !== "back-step") return;
  const slider = event.target;
  const form = at("looking-back");
  const moments = form.dataset.moments.split(" ");
  const step = Number(slider.value);
  slider.setAttribute("aria-valuetext", form.dataset.words.split("|")[step]);
  at("back-words").value = form.dataset.words.split("|")[step];
  const wish = step < moments.length - 1 ? `at=${moments[step]}` : "";
  if (!(await open(currentId(), { push: false, replace: true, wish }))) form.reset();
  at("back-step")?.focus();
});
