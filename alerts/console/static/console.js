// The live part of the console: the server renders, this puts what it rendered in its place.

import { hearOfAlerts, leaveOff } from "./alert.js";
import { refreshList, takeCards, whenCardsChange } from "./cards.js";
import "./keys.js";
import "./looking_back.js";
import "./many.js";
import "./map.js";
import { at } from "./page.js";
import { listen } from "./stream.js";

const AGO_EVERY_MS = 20000;
const [NOW, MINUTES, HOURS, DAYS] = document.body.dataset.ago.split("|");

function tellAgo() {
  for (const time of document.querySelectorAll("time[data-ago]")) {
    const minutes = Math.floor((Date.now() - Number(time.dataset.ago)) / 60000);
    if (minutes < 1) time.textContent = NOW;
    else if (minutes < 60) time.textContent = MINUTES.replace("#", minutes);
    else if (minutes < 1440) time.textContent = HOURS.replace("#", Math.floor(minutes / 60));
    else time.textContent = DAYS.replace("#", Math.floor(minutes / 1440));
  }
}

// What nobody takes comes to wait too long while the page is open.
function tellWaits() {
  for (const waits of document.querySelectorAll("[data-waits][hidden]")) {
    if (Date.now() >= Number(waits.dataset.waits)) waits.hidden = false;
  }
}

function showCounts([shown, ...waiting]) {
  at("shown").textContent = shown;
  const badges = document.querySelectorAll("#rail .count");
  if (badges.length === waiting.length) badges.forEach((badge, index) => { badge.textContent = waiting[index]; });
}

function takeAll(told, left) {
  takeCards(told, left);
  leaveOff(left);
}

// Whoever chooses another name or unit in one tab acts by it in all: no tab goes on showing the one before.
const { viewer } = document.body.dataset;
const tabs = new BroadcastChannel("identity");
tabs.addEventListener("message", ({ data }) => {
  if (data !== viewer) location.reload();
});
tabs.postMessage(viewer);

at("languages").addEventListener("click", ({ target }) => {
  const link = target.closest("a");
  if (!link) return;
  const asked = new URLSearchParams(location.search); // which changed since, with what is shown
  asked.set("lang", link.lang);
  link.search = asked;
});

setInterval(tellAgo, AGO_EVERY_MS);
setInterval(tellWaits, AGO_EVERY_MS);
whenCardsChange(hearOfAlerts);
listen({ cards: takeAll, counts: showCounts, reset: refreshList });
