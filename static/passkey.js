// Passkeys: a button asks the server for a question, hands it to the browser, and sends its form with the answer. Without
// scripts, or where the browser has no passkeys, the buttons aren't there, and codes do the same.
"use strict";
(() => {
  const doc = document;
  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

  // The shapes of parseCreationOptionsFromJSON in WebAuthn level 3, which older browsers can't read or write.
  const question = (o) => ({
    ...o,
    challenge: bytes(o.challenge),
    ...(o.user && { user: { ...o.user, id: bytes(o.user.id) } }),
    ...Object.fromEntries(["allowCredentials", "excludeCredentials"].filter((k) => o[k]).map((k) => [k, o[k].map((c) => ({ ...c, id: bytes(c.id) }))])),
  });
  const answer = (c) => {
    const response = {};
    for (const k of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (c.response[k]) response[k] = text(c.response[k]);
    }
    if (c.response.getTransports) response.transports = c.response.getTransports();
    return { id: c.id, rawId: text(c.rawId), type: c.type, response, clientExtensionResults: {}, ...(c.authenticatorAttachment && { authenticatorAttachment: c.authenticatorAttachment }) };
  };

  const use = async (button) => {
    const form = button.form, failed = doc.getElementById(button.dataset.failed);
    failed.hidden = true;
    button.setAttribute("aria-busy", "true");
    try {
      const asked = await fetch(button.dataset.passkey, { method: "POST", body: new URLSearchParams({ csrf_token: form.elements.csrf_token.value }) });
      if (asked.redirected) return location.assign(asked.url);
      if (!asked.ok) throw new Error(asked.status);
      const publicKey = question(await asked.json());
      const got = publicKey.user ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey });
      form.elements.passkey.value = JSON.stringify(answer(got));
      form.requestSubmit();
    } catch {
      failed.hidden = false;
    } finally {
      button.removeAttribute("aria-busy");
    }
  };

  if (!window.PublicKeyCredential) return;
  doc.querySelectorAll("[data-passkey]").forEach((b) => { b.hidden = false; });
  doc.addEventListener("click", (e) => {
    const button = e.target.closest("[data-passkey]");
    if (button && !button.hasAttribute("aria-busy")) use(button);
  });
})();
