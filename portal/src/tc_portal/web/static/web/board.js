"use strict";
/* The incidents page by keyboard, and what is ticked on it. Without this the page does the same by its forms. */
(() => {
  document.documentElement.classList.add("scripted");
  const help = document.getElementById("keys");
  const search = document.getElementById("q");
  const keysOn = document.getElementById("keys-on");
  const all = document.getElementById("tick-all");
  const STORED = "tc-portal-keys";
  const picks = () => [...document.querySelectorAll("#incident-list .pick")];
  const links = () => [...document.querySelectorAll("#incident-list .card h3 a")];
  const cardHere = () => document.activeElement && document.activeElement.closest("#incident-list .card");

  const stored = () => {
    try { return localStorage.getItem(STORED); } catch { return null; }
  };
  keysOn.checked = stored() !== "off";
  keysOn.addEventListener("change", () => {
    try { localStorage.setItem(STORED, keysOn.checked ? "on" : "off"); } catch { /* For this page, then. */ }
  });

  const counted = () => {
    const every = picks();
    const ticked = every.filter((pick) => pick.checked).length;
    document.getElementById("ticked-count").textContent = ticked ? ` (${ticked})` : "";
    all.checked = ticked > 0 && ticked === every.length;
    all.indeterminate = ticked > 0 && ticked < every.length;
  };
  document.getElementById("tick-all-label").hidden = false;
  all.addEventListener("change", () => {
    for (const pick of picks()) pick.checked = all.checked;
    counted();
  });
  document.addEventListener("change", (event) => {
    if (event.target.matches(".pick")) counted();
  });

  // A tick names the error that was seen: where that has become another, the new card is not ticked.
  let ticked = new Set();
  document.addEventListener("htmx:beforeSwap", () => {
    ticked = new Set(picks().filter((pick) => pick.checked).map((pick) => pick.value));
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const pick of picks()) if (ticked.has(pick.value)) pick.checked = true;
    counted();
  });
  window.addEventListener("pageshow", counted);

  const move = (by) => {
    const every = links();
    if (!every.length) return;
    const card = cardHere();
    const at = card ? every.indexOf(card.querySelector("h3 a")) : by > 0 ? -1 : every.length;
    const next = every[Math.min(Math.max(at + by, 0), every.length - 1)];
    next.focus({ focusVisible: true });
    next.scrollIntoView({ block: "center" });
  };
  const open = () => { if (!help.open) help.showModal(); };
  const actions = {
    "/": () => { search.focus(); search.select(); },
    j: () => move(1),
    k: () => move(-1),
    a: () => { cardHere()?.querySelector(".quick button")?.click(); },
    x: () => { cardHere()?.querySelector(".pick")?.click(); },
    "?": open,
  };
  const showKeys = document.getElementById("show-keys");
  showKeys.hidden = false;
  showKeys.addEventListener("click", open);
  document.addEventListener("keydown", (event) => {
    const writes = event.target.matches("input:not([type=checkbox]), textarea, select");
    if (event.key === "Escape" && event.target === search) search.blur();
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || writes || help.open || !keysOn.checked) return;
    const act = actions[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
