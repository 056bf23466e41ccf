// Keys for the desk: J and K through a list, / to find, ? for the list of keys, and whatever the page declares with `data-key`.
// A key works only outside inputs and only where an element on the page declares it. Off: `data-keys="off"` on <html>, or the
// button in the list of keys (remembered in this browser). Everything that a key does can be done without.
(() => {
  "use strict";
  const root = document.documentElement;
  const STORED = "havenline-keys";
  const stored = () => {
    try {
      return window.localStorage.getItem(STORED);
    } catch {
      return null;
    }
  };
  const remember = (value) => {
    try {
      window.localStorage.setItem(STORED, value);
    } catch {
      // A browser that forbids storage: the choice holds for this page.
    }
  };
  let on = root.dataset.keys !== "off" && stored() !== "off";
  const show = () => root.classList.toggle("no-keys", !on);
  show();

  const isTyping = (target) =>
    target.isContentEditable ||
    target.matches("textarea, select, input:not([type=radio], [type=checkbox], [type=button], [type=submit])");
  const isShown = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;
  const rows = () => [...document.querySelectorAll("[data-row]")].filter(isShown);
  const dialog = document.querySelector("[data-key-list]");

  const step = (by) => {
    const links = rows();
    if (!links.length) return false;
    const selected = links.findIndex((row) => row === document.activeElement || row.contains(document.activeElement));
    const current = selected >= 0 ? selected : links.findIndex((row) => row.closest(".is-selected"));
    const next = Math.min(links.length - 1, Math.max(0, current + by));
    links[next].focus();
    return true;
  };

  const openList = () => {
    if (!dialog?.showModal) return false;
    const list = dialog.querySelector("[data-page-keys]");
    list.replaceChildren();
    for (const element of document.querySelectorAll("[data-key]")) {
      const line = document.createElement("div");
      const term = document.createElement("dt");
      const key = document.createElement("kbd");
      const what = document.createElement("dd");
      key.className = "key";
      key.textContent = element.dataset.key === "Enter" ? "↵" : element.dataset.key.toUpperCase();
      const words = (element.labels?.[0] ?? element).cloneNode(true);
      words.querySelectorAll("kbd").forEach((hint) => hint.remove());
      what.textContent = element.dataset.keyWhat ?? words.textContent.trim().replace(/\s+/g, " ");
      term.append(key);
      line.append(term, what);
      list.append(line);
    }
    dialog.showModal();
    return true;
  };

  const press = (key) => {
    for (const element of document.querySelectorAll("[data-key]")) {
      if (element.dataset.key.toLowerCase() !== key || element.disabled || !isShown(element.labels?.[0] ?? element)) continue;
      (element.control ?? element).focus();
      element.click();
      return true;
    }
    return false;
  };

  document.addEventListener("keydown", (event) => {
    if (!on || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog?.open) return;
    if (isTyping(event.target)) return;
    const key = event.key.toLowerCase();
    let done = false;
    if (key === "/") {
      const find = document.querySelector("[data-find]");
      find?.focus();
      find?.select();
      done = Boolean(find);
    } else if (key === "?") {
      done = openList();
    } else if (key === "j") {
      done = step(1);
    } else if (key === "k") {
      done = step(-1);
    } else if (key.length === 1 || (key === "enter" && event.target === document.body)) {
      done = press(key); // Enter on a link or a button stays its own
    }
    if (done) event.preventDefault();
  });

  document.querySelector("[data-keys-switch]")?.addEventListener("click", () => {
    on = !on;
    remember(on ? "on" : "off");
    show();
    dialog?.close();
  });
  for (const opener of document.querySelectorAll("[data-open-keys]")) opener.addEventListener("click", openList);
})();
