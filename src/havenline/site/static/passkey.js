// Makes a passkey, or shows one, when the button of a form marked `data-passkey="create|get"` is pressed, and sends what the
// browser answers. The options stand on the form (`data-options`), or are fetched from where it is sent. Without passkeys: no button.
(() => {
  "use strict";
  if (!window.PublicKeyCredential) return;
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  const named = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));

  const asked = (options) => {
    const wanted = { ...options.publicKey, challenge: bytes(options.publicKey.challenge) };
    if (wanted.user) wanted.user = { ...wanted.user, id: bytes(wanted.user.id) };
    if (wanted.excludeCredentials) wanted.excludeCredentials = named(wanted.excludeCredentials);
    if (wanted.allowCredentials) wanted.allowCredentials = named(wanted.allowCredentials);
    // One kind of passkey for both uses: kept on the device where it can be, with a finger, a face or a PIN where it can ask.
    if (wanted.authenticatorSelection) {
      wanted.authenticatorSelection = { residentKey: "preferred", requireResidentKey: false, userVerification: "preferred" };
    }
    return { publicKey: wanted };
  };
  const answered = (credential) => {
    const said = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (credential.response[name]) said[name] = text(credential.response[name]);
    }
    return {
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      response: said,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  };

  for (const form of document.querySelectorAll("[data-passkey]")) {
    const button = form.querySelector("[data-passkey-press]");
    const failed = form.querySelector("[data-passkey-failed]");
    form.hidden = button.hidden = false;
    button.addEventListener("click", async () => {
      failed.hidden = button.disabled = true;
      try {
        const options = form.dataset.options
          ? JSON.parse(form.dataset.options)
          : (await (await fetch(form.action, { headers: { Accept: "application/json" } })).json()).request_options;
        const credential = await navigator.credentials[form.dataset.passkey](asked(options));
        form.elements.credential.value = JSON.stringify(answered(credential));
        form.submit();
      } catch {
        failed.hidden = button.disabled = false;
      }
    });
  }
})();
