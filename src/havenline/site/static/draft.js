// Keeps what is typed into a form of more than one field, on the server and sealed, so that the end of a session costs nothing;
// and offers it again on the page that it was typed on. Without JavaScript, what is sent too late is kept all the same.
(() => {
  "use strict";
  const { save, given } = document.currentScript.dataset;
  const PAUSE = 1500; // milliseconds without a key
  const TYPED = "textarea, select, input:not([type=hidden], [type=submit], [type=button], [type=password], [type=search])";

  const keeps = (form) =>
    form.method === "post" &&
    !("noDraft" in form.dataset) &&
    !("passkey" in form.dataset) &&
    !form.querySelector("[type=password], [autocomplete=one-time-code]") &&
    (form.querySelector("textarea") || new Set([...form.querySelectorAll(TYPED)].map((field) => field.name)).size > 1);
  const forms = [...document.forms].filter(keeps);
  const pathOf = (form) => new URL(form.getAttribute("action") || window.location.href, window.location.href).pathname;
  const keyOf = (form) => form.id || String(forms.filter((one) => pathOf(one) === pathOf(form)).indexOf(form));

  for (const form of forms) {
    let timer;
    let dirty = false;
    const keep = () => {
      clearTimeout(timer);
      if (!dirty) return;
      dirty = false;
      const typed = new Set([...form.querySelectorAll(TYPED)].map((field) => field.name)); // what the page itself carries, it carries again
      const said = new URLSearchParams([...new FormData(form)].filter(([name]) => typed.has(name) || name === "csrfmiddlewaretoken"));
      said.set("draft-page", window.location.pathname);
      said.set("draft-action", pathOf(form));
      said.set("draft-form", keyOf(form));
      fetch(save, { method: "POST", body: said, keepalive: true, redirect: "manual" }).catch(() => {
        dirty = true; // kept with the next key
      });
    };
    form.addEventListener("input", () => {
      dirty = true;
      clearTimeout(timer);
      timer = setTimeout(keep, PAUSE);
    });
    form.addEventListener("submit", () => {
      dirty = false;
      clearTimeout(timer);
    });
    window.addEventListener("pagehide", keep);
  }

  const putBack = (form, fields) => {
    for (const field of form.querySelectorAll(TYPED)) {
      const values = fields[field.name];
      if (field.type === "checkbox" || field.type === "radio") field.checked = Boolean(values?.includes(field.value));
      else if (field.multiple) for (const option of field.options) option.selected = Boolean(values?.includes(option.value));
      else if (values) field.value = values[0];
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const offer = (form, draft, words) => {
    const bar = document.createElement("div");
    const said = document.createElement("span");
    bar.className = "message message-waits";
    bar.setAttribute("role", "status");
    said.textContent = draft.said;
    bar.append(said);
    for (const [name, act] of [
      [words.put_back, () => putBack(form, draft.fields)],
      [words.dismiss, () => {}],
    ]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button";
      button.textContent = name;
      button.addEventListener("click", () => {
        act();
        bar.remove();
      });
      bar.append(button);
    }
    form.before(bar);
  };
  if (given && forms.length) {
    fetch(`${given}?page=${encodeURIComponent(window.location.pathname)}`)
      .then((answer) => answer.json())
      .then((kept) => {
        for (const draft of kept.drafts) {
          const form = forms.find((one) => pathOf(one) === draft.action && (draft.form === "" || draft.form === keyOf(one)));
          if (form) offer(form, draft, kept);
        }
      })
      .catch(() => {}); // the list of drafts has it
  }
})();
