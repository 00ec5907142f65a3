/* Shades areas by a figure that each of them has: five shades with about as many areas each, and none for an area without the figure. */
(function () {
  'use strict';
  if (window.mxcityShades) { return; }
  var CLASSES = 5, SHADES = [0.12, 0.3, 0.5, 0.7, 0.9];
  var CODES = /^(cve|clave|id|folio|cod|cp$|lat|lon|_id)|geo$|anio|^ano$|año/i;

  function figure(value) { return typeof value === 'number' && isFinite(value) ? value : null; }

  /* The names of the columns of figures: most areas have one, and they are not all the same. */
  function columns(features) {
    var found = {};
    features.forEach(function (feature) {
      Object.keys(feature.properties || {}).forEach(function (name) {
        var value = figure(feature.properties[name]);
        if (value === null || CODES.test(name)) { return; }
        (found[name] = found[name] || []).push(value);
      });
    });
    return Object.keys(found).filter(function (name) {
      return found[name].length * 2 >= features.length && found[name].some(function (value) { return value !== found[name][0]; });
    });
  }

  /* The bounds of the shades: equal figures are never apart. */
  function classes(values) {
    var ordered = values.slice().sort(function (one, other) { return one - other; }), found = [], start = 0;
    for (var number = 1; number <= CLASSES; number++) {
      var end = Math.max(start, Math.round(number * ordered.length / CLASSES));
      while (end > 0 && end < ordered.length && ordered[end] === ordered[end - 1]) { end += 1; }
      if (end > start) { found.push({ low: ordered[start], high: ordered[end - 1], count: end - start }); }
      start = end;
    }
    found.forEach(function (one, index) { one.opacity = SHADES[SHADES.length - found.length + index]; });
    return found;
  }

  function opacityOf(value, found) {
    var hit = value === null ? null : found.find(function (one) { return one.low <= value && value <= one.high; });
    return hit ? hit.opacity : 0;
  }

  function swatch(colour, opacity) {
    var frame = document.createElement('span'), inner = document.createElement('span');
    frame.className = 'mx-map__shade';
    inner.style.backgroundColor = colour;
    inner.style.opacity = String(opacity);
    frame.append(inner);
    return frame;
  }

  /* Puts the choice of a figure and its legend below the map; ``paint`` is called with the opacity of each area. */
  function offer(holder, features, colour, words, titles, paint) {
    var names = columns(features), list = document.createElement('ul');
    if (!names.length) { return; }
    list.className = 'mx-map__legend';
    function choose(name) {
      list.replaceChildren();
      if (!name) { paint(null); return; }
      var values = features.map(function (feature) { return figure((feature.properties || {})[name]); });
      var found = classes(values.filter(function (value) { return value !== null; }));
      found.concat([{ opacity: 0, count: values.filter(function (value) { return value === null; }).length }]).forEach(function (one) {
        if (!one.count) { return; }
        var line = document.createElement('li'), number = window.mxcityClusters.number;
        var said = one.low === undefined ? words.textNodata : one.low === one.high ? number(one.low) : number(one.low) + ' – ' + number(one.high);
        line.append(swatch(colour, one.opacity), ' ' + said + ' (' + number(one.count) + ')');
        list.append(line);
      });
      paint(values.map(function (value) { return opacityOf(value, found); }));
    }
    var label = document.createElement('label'), select = document.createElement('select');
    select.className = 'form-select';
    select.append(new Option(words.textPlain, ''));
    names.forEach(function (name) { select.append(new Option(titles[name] || name, name)); });
    label.append(words.textShade + ' ', select);
    select.addEventListener('change', function () { choose(select.value); });
    holder.replaceChildren(label, list);
    /* One figure is what the areas are about; of several, none is chosen for the reader. */
    if (names.length === 1) { select.value = names[0]; choose(names[0]); }
  }

  window.mxcityShades = { offer: offer, classes: classes, columns: columns };
})();
