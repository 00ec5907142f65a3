/* Listeners of the forms whose templates would hold code: files, links, API tokens. */
(function () {
  "use strict";
  if (window.mxcityGuardHandlers) {
    return;
  }
  window.mxcityGuardHandlers = true;

  const byId = (id) => document.getElementById(id);

  function choose(radio, next) {
    if (byId(radio)) {
      byId(radio).checked = true;
    }
    if (next) {
      next();
    }
  }

  function focus(id) {
    if (byId(id)) {
      byId(id).focus();
    }
  }

  function emptyField(group) {
    const field = group && group.querySelector("input[name=upload], input[name=url]");
    if (field) {
      field.value = "";
      field.dispatchEvent(new Event("change", { bubbles: true }));
    }
  }

  function removeUrl(button) {
    const existing = button.parentElement.querySelector("input[readonly]");
    if (existing && byId("field-clear-upload")) {
      choose("field-clear-upload", () => focus("field-resource-upload"));
      return;
    }
    choose("resource-url-none");
    emptyField(button.parentElement);
    focus(byId("resource-upload-button") ? "resource-upload-button" : "resource-link-button");
  }

  function tokenChosen() {
    const button = byId("revoke-tokens-button");
    if (button) {
      button.disabled = !document.querySelector("[name=token]:checked");
    }
  }

  document.addEventListener("click", function (event) {
    const target = event.target.closest("a, button");
    if (!target) {
      return;
    }
    if (target.dataset.guardAdd) {
      event.preventDefault();
      window.MultipleText.multiple_add(target.dataset.guardAdd);
    } else if ("guardInert" in target.dataset) {
      event.preventDefault();
    } else if (target.id === "resource-upload-button") {
      choose("resource-url-upload", () => byId("field-resource-upload").click());
    } else if (target.id === "resource-link-button") {
      choose("resource-url-link", () => focus("field-resource-url"));
    } else if (target.classList.contains("btn-remove-url")) {
      removeUrl(target);
    }
  });

  document.addEventListener("change", function (event) {
    if (event.target.name === "token") {
      tokenChosen();
    }
  });

  document.addEventListener("htmx:afterRequest", tokenChosen);
  document.addEventListener("htmx:afterSettle", function () {
    const made = document.querySelector("#api-tokens-table tbody tr td[colspan]");
    if (made) {
      made.scrollIntoView(false);
    }
  });
})();
