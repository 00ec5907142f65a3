/* Shows the fields of the kind of dataset that is chosen; without it each kind has its own fold. */
(function () {
  "use strict";

  var select = document.querySelector("[data-mx-kinds]");
  if (!select) {
    return;
  }
  function show() {
    document.querySelectorAll("[data-mx-kind]").forEach(function (part) {
      var chosen = part.dataset.mxKind === select.value;
      part.hidden = !chosen;
      part.open = chosen;
    });
  }
  select.addEventListener("change", show);
  show();
})();
