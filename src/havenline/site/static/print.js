// Print it: the browser's own dialogue. Without JavaScript the button opens a page to print from the menu.
(() => {
  "use strict";
  for (const button of document.querySelectorAll("[data-print]")) {
    button.addEventListener("click", (event) => {
      event.preventDefault();
      window.print();
    });
  }
})();
