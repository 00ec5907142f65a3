/* Comforts. Every page works without them. */
(function () {
  "use strict";

  // A browser that cannot show closed <details> on a wide screen gets it opened.
  var filters = document.querySelector("[data-mxcity-filters]");
  var styled = window.CSS && CSS.supports && CSS.supports("selector(::details-content)");
  if (filters && !styled && window.matchMedia("(min-width: 992px)").matches) {
    filters.open = true;
  }

  // The account's menu closes with Escape and by a press elsewhere.
  var menu = document.querySelector(".mx-menu");
  if (menu) {
    document.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && menu.open) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    });
    document.addEventListener("click", function (event) {
      if (!menu.contains(event.target)) {
        menu.open = false;
      }
    });
  }
})();
