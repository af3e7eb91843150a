"use strict";
/* What only a browser can do: ask whether anything happened, copy lines, keep opened messages open. */
(() => {
  const POLL_MS = 1500;
  // The title and the icon of a page that nobody looks at tell of trouble, too, if not at once.
  const POLL_HIDDEN_MS = 30000;
  let polledAt = 0;
  const opened = new Set();

  const poll = () => {
    const isDue = document.visibilityState === "visible" || Date.now() - polledAt >= POLL_HIDDEN_MS;
    if (isDue && window.htmx) {
      polledAt = Date.now();
      for (const element of document.querySelectorAll('[hx-trigger="poll"]')) htmx.trigger(element, "poll");
    }
  };
  setInterval(poll, POLL_MS);
  document.addEventListener("visibilitychange", poll);

  const connected = (isConnected) => {
    const notice = document.getElementById("connection-lost");
    if (notice) notice.hidden = isConnected;
  };
  document.addEventListener("htmx:sendError", () => connected(false));
  document.addEventListener("htmx:timeout", () => connected(false));
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.xhr && event.detail.xhr.status) connected(event.detail.xhr.status < 500);
  });

  document.addEventListener("toggle", (event) => {
    if (event.target.id) opened[event.target.open ? "add" : "delete"](event.target.id);
  }, true);

  let focused = null;
  document.addEventListener("htmx:beforeSwap", () => {
    const active = document.activeElement;
    focused = active && active.closest("#incident-list") ? active.id || active.getAttribute("href") : null;
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const id of [...opened]) {
      const details = document.getElementById(id);
      if (details) details.open = true;
    }
    if (focused) {
      const again = [...document.querySelectorAll("#incident-list :is(a, button)")].find(
        (element) => element.id === focused || element.getAttribute("href") === focused,
      );
      if (again && document.activeElement === document.body) again.focus({ preventScroll: true });
    }
    const live = document.getElementById("live");
    if (live) {
      const bare = document.title.replace(/^\(\d+\) /, "");
      const count = Number(live.dataset.count || 0);
      document.title = count ? `(${count}) ${bare}` : bare;
    }
  });

  if (navigator.clipboard) {
    for (const button of document.querySelectorAll("[data-copy]")) {
      button.hidden = false;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
        const label = button.querySelector("span");
        const before = label.textContent;
        label.textContent = button.dataset.copied;
        setTimeout(() => { label.textContent = before; }, 2000);
      });
    }
  }
})();
