/* What fields with suggestions say, to screen readers too: their library brings English alone. */
(function () {
  "use strict";

  var select = window.jQuery && window.jQuery.fn.select2;
  if (!select) {
    return;
  }
  // The library takes it where the page says that it is in this language.
  select.amd.define("select2/i18n/es", [], function () {
    return {
      errorLoading: function () { return "No se pudieron cargar las opciones."; },
      inputTooLong: function (typed) { return "Sobran caracteres: " + (typed.input.length - typed.maximum); },
      inputTooShort: function (typed) { return "Faltan caracteres: " + (typed.minimum - typed.input.length); },
      loadingMore: function () { return "Cargando más…"; },
      maximumSelected: function (chosen) { return "Se pueden elegir como máximo " + chosen.maximum; },
      noResults: function () { return "No hay opciones."; },
      searching: function () { return "Buscando…"; },
      removeAllItems: function () { return "Quitar todo"; },
      removeItem: function () { return "Quitar"; },
      search: function () { return "Buscar o escribir"; }
    };
  });
})();
