// While a flood of reports arrives: a worker does the form's sum, and sending waits for it. Where that fails, the form is sent
// without, and the server says how long to wait.
(() => {
  "use strict";
  const field = document.querySelector("[data-work]");
  if (!field || !window.Worker) return;
  const form = field.form;
  let waiting = null;
  let done = false;
  const go = () => {
    done = true;
    if (waiting) form.requestSubmit(waiting);
  };
  let worker;
  try {
    worker = new Worker(field.dataset.worker);
  } catch {
    return;
  }
  worker.addEventListener("message", (event) => {
    field.value = event.data;
    worker.terminate();
    go();
  });
  worker.addEventListener("error", go);
  worker.postMessage({ sum: field.dataset.work, bits: Number(field.dataset.bits) });
  form.addEventListener("submit", (event) => {
    if (done || event.submitter?.value !== "send") return;
    event.preventDefault();
    waiting = event.submitter;
    waiting.disabled = false;
    waiting.setAttribute("aria-disabled", "true");
  });
})();
