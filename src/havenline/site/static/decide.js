// The button that makes a decision bears the name of its result. Without JavaScript it says "Save the decision".
(() => {
  "use strict";
  const form = document.querySelector("#decide");
  if (!form) return;
  const names = () => {
    const fields = [...form.elements];
    const has = (test) => fields.some((field) => test(field) && (field.type === "checkbox" ? field.checked : field.value !== ""));
    return [
      has((field) => field.name === "police") && "police",
      has((field) => field.name.endsWith("-refer_to")) && "care",
      has((field) => field.name === "notice_to_host" && field.type === "checkbox") && "host",
      has((field) => field.name === "close") && "close",
    ]
      .filter(Boolean)
      .join(" ");
  };
  const show = () => {
    const result = names();
    for (const label of document.querySelectorAll("[data-result]")) label.hidden = label.dataset.result !== result;
  };
  form.addEventListener("change", show);
  for (const field of form.elements) field.addEventListener("change", show);
  show();
})();
