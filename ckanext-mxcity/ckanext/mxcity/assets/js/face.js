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

  // Suggestions while typing: a list under the box, walked with the arrows, left with Escape.
  var box = document.querySelector("[data-mxcity-suggest]");
  var list = document.getElementById("mx-suggestions");
  if (!box || !list) {
    return;
  }
  var chosen = -1;
  var timer = null;
  var asked = "";

  function close() {
    list.hidden = true;
    chosen = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  }

  function go(item) {
    window.location.assign(item.dataset.url);
  }

  function mark(index) {
    var items = list.children;
    chosen = (index + items.length) % items.length;
    Array.prototype.forEach.call(items, function (item, place) {
      item.setAttribute("aria-selected", String(place === chosen));
    });
    box.setAttribute("aria-activedescendant", items[chosen].id);
  }

  function show(suggestions) {
    list.replaceChildren();
    suggestions.slice(0, 8).forEach(function (suggestion, place) {
      var item = document.createElement("li");
      item.id = "mx-suggestion-" + place;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.dataset.url = suggestion.url;
      item.textContent = suggestion.text;
      item.addEventListener("mousedown", function (event) {
        event.preventDefault();
        go(item);
      });
      list.appendChild(item);
    });
    chosen = -1;
    list.hidden = !list.children.length;
    box.setAttribute("aria-expanded", String(!list.hidden));
  }

  function ask() {
    var words = box.value.trim();
    if (words.length < 2 || words === asked) {
      return words.length < 2 ? close() : undefined;
    }
    asked = words;
    fetch(box.dataset.mxcitySuggest + "?q=" + encodeURIComponent(words))
      .then(function (answer) { return answer.ok ? answer.json() : { suggestions: [] }; })
      .then(function (found) {
        if (box.value.trim() === words && document.activeElement === box) {
          show(found.suggestions || []);
        }
      })
      .catch(close);
  }

  box.addEventListener("input", function () {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, 180);
  });
  box.addEventListener("blur", close);
  box.addEventListener("keydown", function (event) {
    if (event.key === "Escape") {
      close();
    } else if (!list.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
      event.preventDefault();
      mark(event.key === "ArrowDown" ? chosen + 1 : Math.max(chosen, 0) - 1);
    } else if (!list.hidden && event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      go(list.children[chosen]);
    }
  });
})();
