/* Suggestions while typing: a combobox with a list, as the ARIA authoring practices describe it.
 *
 * On an <input type="search" data-module="mxcity-suggestions" data-module-url="…">. Without this file
 * the form is a plain one. Arrows move, Enter follows, Escape closes, Tab leaves.
 */
ckan.module("mxcity-suggestions", function () {
  "use strict";

  var WAIT = 150;

  return {
    options: { url: "/api/util/mxcity/sugerencias", least: 2, label: "" },

    initialize: function () {
      this.input = this.el[0];
      this.active = -1;
      this.items = [];
      this.list = document.createElement("ul");
      this.list.id = (this.input.id || "mxcity-search") + "-suggestions";
      this.list.className = "mxcity-suggestions";
      this.list.setAttribute("role", "listbox");
      this.list.setAttribute("aria-label", this.options.label || this.input.getAttribute("aria-label") || "");
      this.list.hidden = true;
      this.input.parentNode.classList.add("mxcity-suggestions-holder");
      this.input.parentNode.insertBefore(this.list, this.input.nextSibling);
      var attributes = {
        role: "combobox", autocomplete: "off", "aria-autocomplete": "list",
        "aria-expanded": "false", "aria-controls": this.list.id,
      };
      Object.keys(attributes).forEach(function (name) {
        this.input.setAttribute(name, attributes[name]);
      }, this);
      this.input.addEventListener("input", this.typed.bind(this));
      this.input.addEventListener("keydown", this.pressed.bind(this));
      this.input.addEventListener("blur", this.close.bind(this));
    },

    typed: function () {
      window.clearTimeout(this.timer);
      var q = this.input.value.trim();
      if (q.length < this.options.least) {
        this.asked = "";
        this.close();
        return;
      }
      this.timer = window.setTimeout(this.ask.bind(this, q), WAIT);
    },

    ask: function (q) {
      var self = this;
      this.asked = q;
      window.fetch(this.options.url + "?q=" + encodeURIComponent(q), { credentials: "same-origin" })
        .then(function (response) { return response.ok ? response.json() : { suggestions: [] }; })
        .then(function (answer) {
          // An answer that comes late is of what was typed before.
          if (self.asked === q && document.activeElement === self.input) {
            self.show(answer.suggestions);
          }
        })
        .catch(function () { self.close(); });
    },

    show: function (suggestions) {
      var self = this;
      this.list.textContent = "";
      this.active = -1;
      this.items = suggestions.map(function (suggestion, place) {
        var item = document.createElement("li");
        item.id = self.list.id + "-" + place;
        item.setAttribute("role", "option");
        item.setAttribute("aria-selected", "false");
        item.className = "mxcity-suggestion mxcity-suggestion-" + suggestion.type;
        item.textContent = suggestion.text;
        // mousedown comes before the blur that would close the list.
        item.addEventListener("mousedown", function (event) {
          event.preventDefault();
          window.location.assign(suggestion.url);
        });
        self.list.appendChild(item);
        return { element: item, url: suggestion.url };
      });
      this.open(this.items.length > 0);
    },

    pressed: function (event) {
      if (this.list.hidden || !this.items.length) {
        return;
      }
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        this.move(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Escape") {
        event.preventDefault();
        this.close();
      } else if (event.key === "Enter" && this.active >= 0) {
        event.preventDefault();
        window.location.assign(this.items[this.active].url);
      }
    },

    /* One place beyond the last is the text itself, with nothing chosen. */
    move: function (step) {
      var places = this.items.length + 1;
      this.active = ((this.active + 1 + step + places) % places) - 1;
      this.items.forEach(function (item, place) {
        item.element.setAttribute("aria-selected", String(place === this.active));
      }, this);
      if (this.active >= 0) {
        this.input.setAttribute("aria-activedescendant", this.items[this.active].element.id);
        this.items[this.active].element.scrollIntoView({ block: "nearest" });
      } else {
        this.input.removeAttribute("aria-activedescendant");
      }
    },

    open: function (is) {
      this.list.hidden = !is;
      this.input.setAttribute("aria-expanded", String(is));
      this.input.removeAttribute("aria-activedescendant");
    },

    close: function () {
      this.open(false);
    },

    teardown: function () {
      window.clearTimeout(this.timer);
      this.list.remove();
    },
  };
});
