/* A list of suggestions under a field, walked with the arrows, left with Escape. */
(function () {
  "use strict";

  /* box, list: the field and its <ul role="listbox">. words(): what to ask for. ask(words): a
     promise of a list of objects with a text. choose(suggestion): what a choice does. */
  window.mxcityCombobox = function (box, list, words, ask, choose) {
    var chosen = -1;
    var timer = null;
    var asked = "";
    var shown = [];

    function close() {
      list.hidden = true;
      chosen = -1;
      box.setAttribute("aria-expanded", "false");
      box.removeAttribute("aria-activedescendant");
    }

    function take(place) {
      asked = "";
      close();
      choose(shown[place]);
    }

    function mark(index) {
      var items = list.children;
      chosen = (index + items.length) % items.length;
      Array.prototype.forEach.call(items, function (item, place) {
        item.setAttribute("aria-selected", String(place === chosen));
      });
      box.setAttribute("aria-activedescendant", items[chosen].id);
      items[chosen].scrollIntoView({ block: "nearest" });
    }

    function show(suggestions) {
      shown = suggestions.slice(0, 8);
      list.replaceChildren();
      shown.forEach(function (suggestion, place) {
        var item = document.createElement("li");
        item.id = list.id + "-" + place;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        item.textContent = suggestion.text;
        // mousedown comes before the blur that would close the list.
        item.addEventListener("mousedown", function (event) {
          event.preventDefault();
          take(place);
        });
        list.appendChild(item);
      });
      chosen = -1;
      list.hidden = !shown.length;
      box.setAttribute("aria-expanded", String(!list.hidden));
    }

    function find() {
      var typed = words();
      if (typed.length < 2) {
        asked = "";
        return close();
      }
      if (typed === asked) {
        return undefined;
      }
      asked = typed;
      return ask(typed).then(function (found) {
        // An answer that comes late is of what was typed before.
        if (words() === typed && document.activeElement === box) {
          show(found);
        }
      }).catch(close);
    }

    box.addEventListener("input", function () {
      window.clearTimeout(timer);
      timer = window.setTimeout(find, 180);
    });
    box.addEventListener("blur", close);
    box.addEventListener("keydown", function (event) {
      if (!list.hidden && event.key === "Escape") {
        event.preventDefault(); // a browser would empty the field as well
        close();
      } else if (!list.hidden && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
        event.preventDefault();
        mark(event.key === "ArrowDown" ? chosen + 1 : Math.max(chosen, 0) - 1);
      } else if (!list.hidden && event.key === "Enter" && chosen >= 0) {
        event.preventDefault();
        take(chosen);
      }
    });
  };
})();
