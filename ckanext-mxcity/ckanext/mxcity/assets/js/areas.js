/* Codes of areas by name: what is typed after the last comma is looked up, a choice writes its code. */
(function () {
  "use strict";

  document.querySelectorAll("[data-mxcity-areas]").forEach(function (box) {
    var list = document.getElementById(box.getAttribute("aria-controls"));

    function last() {
      return box.value.split(",").pop().trim();
    }

    function ask(words) {
      return fetch(box.dataset.mxcityAreas + "?limit=8&q=" + encodeURIComponent(words))
        .then(function (answer) { return answer.ok ? answer.json() : { result: [] }; })
        .then(function (answer) {
          return answer.result.map(function (area) {
            return { text: area.title + " (" + area.code + ")", code: area.code };
          });
        });
    }

    window.mxcityCombobox(box, list, last, ask, function (area) {
      var kept = box.value.split(",").slice(0, -1).map(function (code) { return code.trim(); });
      box.value = kept.concat(area.code).join(", ") + ", ";
      box.focus();
    });
    // The comma that waits for the next name is not part of the list.
    box.addEventListener("blur", function () { box.value = box.value.replace(/[,\s]+$/, ""); });
  });
})();
