// Copies a text in one press. On the text's own page its button does; a link `data-copy-link` copies what it leads to, and leads there
// where the browser does not allow it. Without JavaScript the link leads to the text, to be selected.
(() => {
  "use strict";
  const copied = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return false;
    }
  };

  const field = document.querySelector("[data-copy-text]");
  const said = document.querySelector("[data-copy-said]");
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      field.focus();
      field.select();
      said.textContent = (await copied(field.value)) ? button.dataset.copied : button.dataset.notCopied;
    });
  }

  for (const link of document.querySelectorAll("[data-copy-link]")) {
    link.addEventListener("click", async (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey || !navigator.clipboard) return;
      event.preventDefault();
      const answer = await fetch(`${link.href}?as=text`);
      if (!answer.ok || !(await copied(await answer.text()))) {
        window.location.href = link.href;
        return;
      }
      const words = document.querySelector("[data-copy-said]");
      if (words) words.textContent = link.dataset.copied;
    });
  }
})();
