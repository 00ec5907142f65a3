/* Comforts. Every page works without them. */
(function () {
  "use strict";

  // A browser that cannot show closed <details> on a wide screen gets them opened.
  var styled = window.CSS && CSS.supports && CSS.supports("selector(::details-content)");
  if (!styled) {
    document.querySelectorAll("[data-mxcity-fold]").forEach(function (fold) {
      fold.open = window.matchMedia("(min-width: " + fold.dataset.mxcityFold + "px)").matches;
    });
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

  // Views and downloads are counted, as CKAN's tracking plugin expects them.
  var root = document.body.dataset.mxcityCount;
  function count(address, type) {
    var url = address.length > 1 ? address.replace(/\/+$/, "") : address;
    fetch(root + "_tracking", {
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: "url=" + encodeURIComponent(url) + "&type=" + type
    }).catch(function () { /* A count that is lost harms nobody. */ });
  }
  if (root) {
    count(window.location.pathname, "page");
    document.querySelectorAll("a.resource-url-analytics").forEach(function (link) {
      link.addEventListener("click", function () { count(link.href, "resource"); });
    });
  }

  // Suggestions while typing what to search for.
  var box = document.querySelector("[data-mxcity-suggest]");
  var list = document.getElementById("mx-suggestions");
  if (box && list) {
    window.mxcityCombobox(
      box,
      list,
      function () { return box.value.trim(); },
      function (words) {
        return fetch(box.dataset.mxcitySuggest + "?q=" + encodeURIComponent(words))
          .then(function (answer) { return answer.ok ? answer.json() : { suggestions: [] }; })
          .then(function (found) { return found.suggestions || []; });
      },
      function (suggestion) { window.location.assign(suggestion.url); }
    );
  }
})();
