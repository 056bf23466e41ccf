// Saves a paper while somebody types, and as the page is left. Without JavaScript the button saves.
(() => {
  "use strict";
  const form = document.querySelector("form[data-paper]");
  if (!form) return;
  const said = form.querySelector("[data-said]");
  const PAUSE = 2500; // milliseconds without a key
  let timer;
  let dirty = false;
  let sending = false;

  const save = async (isLeaving) => {
    clearTimeout(timer);
    if (!dirty || (sending && !isLeaving)) return;
    dirty = false;
    sending = true;
    const body = new URLSearchParams(new FormData(form));
    body.set("by_itself", "1");
    try {
      const answer = await fetch(window.location.pathname, { method: "POST", body, keepalive: true, redirect: "manual" });
      const told = await answer.json();
      if (told.base && !told.clash) form.elements.base.value = told.base;
      said.textContent = told.said;
    } catch {
      dirty = true; // saved with the next key, or by the button
    }
    sending = false;
    if (dirty) timer = setTimeout(() => save(false), PAUSE); // typed while it was on its way
  };
  form.addEventListener("input", () => {
    dirty = true;
    said.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(() => save(false), PAUSE);
  });
  form.addEventListener("submit", () => {
    dirty = false;
    clearTimeout(timer);
  });
  window.addEventListener("pagehide", () => save(true));
})();
