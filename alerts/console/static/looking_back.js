// The slider of an alert: what was known at the moment under its handle. Without this, the form beside it does the same.

import { open } from "./alert.js";
import { at, currentId, home } from "./page.js";

document.addEventListener("input", async (event) => {
  if (event.target.id !== "back-step") return;
  const slider = event.target;
  const form = at("looking-back");
  const moments = form.dataset.moments.split(" ");
  const step = Number(slider.value);
  slider.setAttribute("aria-valuetext", form.dataset.words.split("|")[step]);
  at("back-words").textContent = form.dataset.words.split("|")[step];
  const id = currentId();
  const wish = step < moments.length - 1 ? `at=${moments[step]}` : "";
  await open(id, { push: false, wish });
  history.replaceState(null, "", `/alerts/${id}${wish ? `${home ? `${home}&` : "?"}${wish}` : home}`);
  at("back-step")?.focus();
});
