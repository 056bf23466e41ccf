// Print it: the browser's own dialogue. Without JavaScript the receipt's button opens a page to print from the menu; others stay hidden.
(() => {
  "use strict";
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", (event) => {
      event.preventDefault();
      window.print();
    });
  }
})();
