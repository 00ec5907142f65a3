/* Give the scripts of a view the variables that its page holds as data. */
(function () {
  "use strict";
  for (const element of document.querySelectorAll("template[data-guard-global]")) {
    window[element.dataset.guardGlobal] = JSON.parse(element.dataset.guardValue);
  }
  document.addEventListener("click", function (event) {
    if (event.target.closest("#refit-button") && window.fitColText) {
      window.fitColText();
    }
  });
})();
