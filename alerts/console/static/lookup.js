// The look-up form forgets what was typed: once it is sent, when the page is left, when another kind is chosen, in time.

const FORGETS_AFTER_MS = 120000;

for (const form of document.querySelectorAll("form[data-forgets]")) {
  let idle = 0;
  const forget = () => form.reset();
  form.addEventListener("submit", () => setTimeout(forget));
  form.addEventListener("change", (event) => {
    if (event.target.type === "radio") empty(form, event.target.value);
  });
  form.addEventListener("input", () => {
    clearTimeout(idle);
    idle = setTimeout(forget, FORGETS_AFTER_MS);
  });
  addEventListener("pagehide", forget);
  addEventListener("pageshow", forget);
}

function empty(form, kind) {
  for (const input of form.querySelectorAll(`.asked:not(.asked-${kind}) input`)) input.value = input.defaultValue;
}
