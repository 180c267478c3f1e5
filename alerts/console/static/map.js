// The map over time: what was not yet so at the moment under the slider is hidden. Without this, its form does the same.

const DAY_MS = 86400000;
const STEP_MS = 250;

const slider = document.getElementById("replay-until");
let playing = null;

function show() {
  const form = slider.form;
  const until = Number(form.dataset.since) + Number(slider.value) * DAY_MS;
  const words = form.dataset.days.split("|")[slider.value];
  slider.setAttribute("aria-valuetext", words);
  document.getElementById("replay-words").textContent = words;
  for (const each of document.querySelectorAll("#whole-map [data-at]")) {
    if (Number(each.dataset.at) > until) each.setAttribute("visibility", "hidden");
    else each.removeAttribute("visibility");
  }
}

function stop() {
  clearInterval(playing);
  playing = null;
  document.getElementById("replay-go").textContent = slider.form.dataset.play;
}

function play() {
  const first = Number(slider.dataset.first); // nothing is on the map before that day
  if (slider.value === slider.max || Number(slider.value) < first) slider.value = first;
  document.getElementById("replay-go").textContent = slider.form.dataset.stop;
  show();
  playing = setInterval(() => {
    if (!slider.isConnected) return clearInterval(playing);
    slider.value = Number(slider.value) + 1;
    show();
    if (slider.value === slider.max) stop();
  }, STEP_MS);
}

if (slider) {
  stop();
  slider.addEventListener("input", () => { stop(); show(); });
  slider.form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (playing) stop();
    else play();
  });
}
