/* Names for the fields that the table preview makes, for who does not see where they are. */
(function () {
  "use strict";

  // The preview hands nothing to a timer once; a browser would take that for code and refuse it.
  var later = window.setTimeout;
  window.setTimeout = function (work) {
    return typeof work === "function" ? later.apply(window, arguments) : 0;
  };

  document.addEventListener("DOMContentLoaded", function () {
    var words = document.querySelector("[data-mxcity-table-preview]");
    var table = document.getElementById("resize_wrapper");
    if (!words || !table) {
      return;
    }
    function name() {
      table.querySelectorAll("th.fhead input:not([aria-label])").forEach(function (field) {
        var column = field.id.replace(/^dtcol-|-\d+$/g, "");
        field.setAttribute("aria-label", words.dataset.filter.replace("{column}", column));
      });
      table.querySelectorAll("input[type=text][tabindex='0']:not([id]):not([aria-label])").forEach(function (field) {
        field.setAttribute("aria-label", words.dataset.keys);
      });
      table.querySelectorAll("iframe:not([title]), object:not([title])").forEach(function (frame) {
        frame.title = words.dataset.size;
        frame.tabIndex = -1;
        frame.setAttribute("aria-hidden", "true");
      });
    }
    new MutationObserver(name).observe(table, { childList: true, subtree: true });
    name();
  });
})();
