/**
 * The one script of the pages, as browsers get it. Text with `data-copy` or `data-print` gets a button of that name; a form with `data-ceremony` (`create` or `get`) is sent in two steps: its fields
 * to `data-begin`, then, with what the authenticator answered, to `data-finish`, which says where to go next, or is followed by the form with
 * `data-again`, which was refused because the key had not been used a moment ago.
 */
export const PAGE_SCRIPT = `"use strict";
(() => {
  const fromBase64url = (text) => {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0)).buffer;
  };
  const toBase64url = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const withIds = (list) => (list ?? []).map((entry) => ({ ...entry, id: fromBase64url(entry.id) }));

  // The fallbacks are for browsers from before 2025.
  const creationOptions = (json) =>
    PublicKeyCredential.parseCreationOptionsFromJSON?.(json) ?? {
      ...json,
      challenge: fromBase64url(json.challenge),
      user: { ...json.user, id: fromBase64url(json.user.id) },
      excludeCredentials: withIds(json.excludeCredentials),
    };
  const requestOptions = (json) =>
    PublicKeyCredential.parseRequestOptionsFromJSON?.(json) ?? {
      ...json,
      challenge: fromBase64url(json.challenge),
      allowCredentials: withIds(json.allowCredentials),
    };
  const answerOf = (credential) => {
    if (credential.toJSON) return credential.toJSON();
    const { response } = credential;
    const fields = {};
    for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
      if (response[name]) fields[name] = toBase64url(response[name]);
    }
    if (response.getTransports) fields.transports = response.getTransports();
    return {
      id: credential.id, rawId: credential.id, type: credential.type, response: fields,
      clientExtensionResults: credential.getClientExtensionResults(),
    };
  };

  const post = async (url, value) => {
    const response = await window.fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(value),
    });
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw new Error([answer.detail ?? "the server did not answer", ...(answer.hints ?? [])].join("; "));
    return answer;
  };

  const said = {
    NotAllowedError: "nothing was chosen, or it took too long",
    InvalidStateError: "this key is registered already",
    SecurityError: "this browser does not allow keys for this address",
    NotSupportedError: "this key cannot do what is needed here",
  };

  // Text in which code stands between backticks.
  const withCode = (text) => text.split(/\`([^\`]+)\`/).map((part, index) =>
    index % 2 === 0 ? part : Object.assign(document.createElement("code"), { textContent: part }));

  const perform = async (form) => {
    const { ceremony, begin, finish } = form.dataset;
    const fields = Object.fromEntries(new FormData(form));
    const { handle, options } = await post(begin, fields);
    const credential = ceremony === "create"
      ? await navigator.credentials.create({ publicKey: creationOptions(options) })
      : await navigator.credentials.get({ publicKey: requestOptions(options) });
    return post(finish, { ...fields, handle, answer: answerOf(credential) });
  };

  const offer = (shown, label, act) => {
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "quiet", textContent: label, ariaLive: "polite" });
    button.addEventListener("click", () => act(button));
    const last = shown.nextElementSibling;
    const choice = last?.matches(".offers") ? last : document.createElement("div");
    choice.className = "choice offers";
    choice.append(button);
    shown.after(choice);
  };
  for (const shown of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) break;
    offer(shown, shown.dataset.copy, async (button) => {
      await navigator.clipboard.writeText(shown.innerText);
      button.textContent = "Copied";
    });
  }
  for (const shown of document.querySelectorAll("[data-print]")) offer(shown, shown.dataset.print, () => window.print());

  // On a slow network people press twice. What may be sent only once would then be refused.
  addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.ceremony) return;
    if (form.getAttribute("aria-busy")) event.preventDefault();
    form.setAttribute("aria-busy", "true");
  });
  // A page from the browser's cache comes back as it was left: with the form still marked as sent.
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form:not([data-ceremony])")) form.removeAttribute("aria-busy");
  });

  for (const form of document.querySelectorAll("form[data-ceremony]")) {
    const alert = form.querySelector("[role=alert]");
    const button = form.querySelector("button");
    if (!window.PublicKeyCredential) {
      alert.textContent = "This browser knows no passkeys, or this page did not come over TLS.";
      continue;
    }
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const again = document.querySelector("form[data-again]");
      // What was not kept is typed before the key is used: what comes after it is sent at once.
      if (again && !again.reportValidity()) return;
      alert.textContent = "";
      button.disabled = true;
      form.setAttribute("aria-busy", "true");
      try {
        const { location: next, formToken } = await perform(form);
        if (again && formToken) {
          again.elements.form_token.value = formToken;
          again.submit();
        } else {
          location.assign(next);
        }
      } catch (cause) {
        alert.replaceChildren(...withCode("That did not work: " + (said[cause.name] ?? cause.message) + "."));
        button.disabled = false;
        button.focus();
      } finally {
        form.removeAttribute("aria-busy");
      }
    });
    button.disabled = false;
  }
})();
`;
