// Leave this page: blank at once, then replace the page so that Back does not return here. Shift three times does the same.
// Without JavaScript the link still leads away; the sentence about Shift shows only where it works.
(() => {
  "use strict";
  const link = document.querySelector("[data-leave]");
  if (!link) return;
  const root = document.documentElement;
  root.classList.add("can-leave-fast");

  const leave = () => {
    root.classList.add("has-left");
    document.title = "";
    document.body.replaceChildren();
    window.location.replace(link.href);
  };

  link.addEventListener("click", (event) => {
    event.preventDefault();
    leave();
  });

  // Back after leaving shows nothing: a page kept by the browser is emptied before it can be seen again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted && root.classList.contains("has-left")) window.location.replace(link.href);
  });

  let presses = [];
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Shift") {
      presses = [];
      return;
    }
    if (event.repeat) return;
    presses = [...presses.filter((at) => event.timeStamp - at < 2000), event.timeStamp];
    if (presses.length >= 3) leave();
  });
})();
