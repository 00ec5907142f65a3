/* The map preview of a resource: points, or shapes, and another file over it if the page names one. */
(function () {
  'use strict';
  var PAGE = 100, WAIT = 150, number = window.mxcityClusters.number;

  function text(tag, value, parent) {
    var node = document.createElement(tag);
    node.textContent = value === null || value === undefined ? '' : String(value);
    if (parent) { parent.appendChild(node); }
    return node;
  }

  function fill(pattern, values) {
    return pattern.replace(/\{(\w+)\}/g, function (all, key) { return key in values ? values[key] : all; });
  }

  /* A value as people write it: days and hours of ISO 8601, and nothing else is changed. */
  function written(value) {
    if (value !== null && typeof value === 'object') { return JSON.stringify(value); }
    var found = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d)(?::\d\d(?:\.0+)?)?)?$/.exec(String(value));
    if (!found) { return value; }
    return found[3] + '/' + found[2] + '/' + found[1] + (found[4] && found[4] !== '00:00' ? ' ' + found[4] : '');
  }

  function popup(properties, layer) {
    var list = document.createElement('dl');
    list.className = 'mx-map__popup';
    Object.keys(properties || {}).forEach(function (key) {
      text('dt', layer.titles[key] || key, list);
      var value = properties[key];
      text('dd', value === null || value === '' ? layer.words.textNodata : written(value), list);
    });
    return list;
  }

  function get(address, limit) {
    return fetch(address, { credentials: 'same-origin' }).then(function (response) {
      if (!response.ok) { throw new Error('HTTP ' + response.status); }
      if (Number(response.headers.get('Content-Length')) > limit) { throw new Error('size'); }
      return response.json();
    });
  }

  function featuresOf(document_) {
    var features = document_ && document_.type === 'FeatureCollection' ? document_.features
      : document_ && document_.type === 'Feature' ? [document_]
      : document_ && document_.coordinates ? [{ type: 'Feature', properties: {}, geometry: document_ }] : null;
    if (!Array.isArray(features)) { throw new Error('not GeoJSON'); }
    return features;
  }

  /* A place on earth, or null: what has none is counted and told. */
  function placed(coordinates) {
    var lon = Number(coordinates && coordinates[0]), lat = Number(coordinates && coordinates[1]);
    return Math.abs(lat) <= 85 && Math.abs(lon) <= 180 ? { latitude: lat, longitude: lon } : null;
  }

  function onEarth(coordinates) {
    return Array.isArray(coordinates) && coordinates.length > 0 &&
      (Array.isArray(coordinates[0]) ? coordinates.every(onEarth) : placed(coordinates) !== null);
  }

  /* ---- a file of GeoJSON ---- */

  function drawShape(feature, layer, group) {
    var made = null;
    try {
      if (feature.geometry && (feature.geometry.geometries || onEarth(feature.geometry.coordinates))) {
        made = L.geoJSON(feature, {
          style: { renderer: layer.look.canvas, color: layer.look.colour, weight: 2, fillColor: layer.look.colour, fillOpacity: layer.look.fill },
          pointToLayer: function (one, at) { return L.circleMarker(at, { renderer: layer.look.canvas, radius: 5 }); }
        }).bindPopup(function () { return popup(feature.properties, layer); }, { maxHeight: 260 }).addTo(group);
      }
    } catch (error) { made = null; }
    return made && made.getBounds().isValid() ? made : null;
  }

  function drawFile(document_, layer, map) {
    var features = featuresOf(document_), places = [], shapes = [], broken = 0, bounds = L.latLngBounds([]);
    var drawn = features.map(function (feature) {
      if (feature && feature.geometry && feature.geometry.type === 'Point') {
        var place = placed(feature.geometry.coordinates);
        if (!place) { broken += 1; return null; }
        place.row = feature.properties;
        bounds.extend([place.latitude, place.longitude]);
        places.push(place);
        return { place: place };
      }
      if (shapes.length >= layer.limit) { return null; }
      var shape = feature && drawShape(feature, layer, map);
      if (!shape) { broken += 1; return null; }
      bounds.extend(shape.getBounds());
      shapes.push({ feature: feature, shape: shape });
      return { shape: shape };
    });
    if (places.length) {
      var group = L.layerGroup().addTo(map), again = function () {
        window.mxcityClusters.show(group, window.mxcityClusters.join(places, map.getZoom(), map), layer.look, map,
          function (row) { return popup(row, layer); }, layer.words.textTogether);
      };
      layer.ready = function () { again(); map.on('moveend', again); };
    }
    var total = layer.total || features.length, shown = places.length + shapes.length;
    var said = !features.length ? layer.words.textNone
      : fill(total > shown + broken ? layer.words.textFirst : layer.words.textAll, { shown: number(shown), total: number(total > shown + broken ? total : shown) });
    if (broken) { said += ' ' + fill(layer.words.textBroken, { count: number(broken) }); }
    return { bounds: bounds, said: said, features: features, drawn: drawn, shapes: shapes };
  }

  /* ---- the points of a table, which the portal joins ---- */

  function drawTable(layer, map, tell) {
    var group = L.layerGroup().addTo(map), turn = 0, timer = null;
    function again() {
      var bounds = map.getBounds().pad(0.1), mine = ++turn;
      var box = [Math.max(-180, bounds.getWest()), Math.max(-85, bounds.getSouth()), Math.min(180, bounds.getEast()), Math.min(85, bounds.getNorth())];
      var address = layer.source + '&bbox=' + box.map(function (edge) { return edge.toFixed(6); }).join(',') + '&zoom=' + Math.round(map.getZoom());
      return get(address, layer.sizeLimit).then(function (answer) {
        if (mine !== turn) { return; }
        var found = answer.result;
        window.mxcityClusters.show(group, found.points, layer.look, map, function (row) { return popup(row, layer); }, layer.words.textTogether);
        var said = fill(found.readings ? layer.words.textReadings : layer.words.textPoints,
          { places: number(found.places), rows: number(found.rows), placed: number(found.placed) });
        tell(found.rows ? said + (layer.latest ? ' ' + fill(layer.words.textLatest, { moment: layer.latest }) : '') : layer.words.textNone);
      });
    }
    layer.ready = function () {
      map.on('moveend', function () {
        window.clearTimeout(timer);
        timer = window.setTimeout(function () { again().catch(function () { /* the points before stay */ }); }, WAIT);
      });
      return again();
    };
    return { bounds: layer.box ? window.mxcityMaps.readBox(layer.box) : L.latLngBounds([]), said: '' };
  }

  /* ---- the list that a file without a table has ---- */

  function list(holder, found, words, map) {
    var keys = [], features = found.features, shown = 0;
    features.slice(0, PAGE).forEach(function (feature) {
      Object.keys((feature && feature.properties) || {}).forEach(function (key) { if (keys.indexOf(key) < 0) { keys.push(key); } });
    });
    var grid = document.createElement('table'), head = grid.createTHead().insertRow(), body = grid.createTBody(), more = text('button', '');
    grid.className = 'table table-sm';
    text('th', words.textPlace, head).scope = 'col';
    keys.forEach(function (key) { text('th', key, head).scope = 'col'; });
    more.type = 'button';
    more.className = 'btn btn-secondary';
    function go(one) {
      if (one.shape) { map.fitBounds(one.shape.getBounds(), { maxZoom: 16 }); one.shape.openPopup(); return; }
      map.setView([one.place.latitude, one.place.longitude], 18, { animate: false });
      if (one.place.layer) { one.place.layer.openPopup(); }
    }
    function add() {
      features.slice(shown, shown + PAGE).forEach(function (feature, index) {
        var row = body.insertRow(), cell = row.insertCell(), one = found.drawn[shown + index];
        if (one) {
          var button = text('button', words.textShow, cell);
          button.type = 'button';
          button.className = 'btn btn-link btn-sm';
          button.addEventListener('click', function () { go(one); });
        }
        keys.forEach(function (key) {
          var value = ((feature && feature.properties) || {})[key];
          text('td', value === null || value === undefined || value === '' ? words.textNodata : written(value), row);
        });
      });
      shown = Math.min(shown + PAGE, features.length);
      more.hidden = shown >= features.length;
      more.textContent = fill(words.textMore, { shown: number(shown), total: number(features.length) });
    }
    more.addEventListener('click', add);
    add();
    holder.replaceChildren(grid, more);
  }

  /* ---- both ---- */

  function layerOf(element, words, name, colour, fillOpacity) {
    var data = element.dataset;
    return {
      source: data.source, kind: data.kind, limit: Number(data.limit), total: Number(data.total), box: data.box, sizeLimit: Number(data.sizeLimit),
      titles: JSON.parse(data.titles || '{}'), latest: data.latest, words: words,
      look: { name: name, colour: colour, fill: fillOpacity, canvas: L.canvas({ padding: 0.3 }) }
    };
  }

  function draw(layer, map, tell) {
    if (layer.kind === 'points') { return Promise.resolve(drawTable(layer, map, tell)); }
    return get(layer.source, layer.sizeLimit).then(function (answer) { return drawFile(answer, layer, map); });
  }

  function colourOf(root, name, otherwise) { return getComputedStyle(root).getPropertyValue(name).trim() || otherwise; }

  function shade(root, layer, found) {
    var areas = found.shapes.filter(function (one) { return /Polygon$/.test(one.feature.geometry.type); });
    window.mxcityShades.offer(root.querySelector('[data-mxcity-map-shades]'), areas.map(function (one) { return one.feature; }), layer.look.colour, layer.words, layer.titles,
      function (opacities) {
        areas.forEach(function (one, index) {
          one.shape.setStyle({ fillOpacity: opacities ? opacities[index] : layer.look.fill, weight: opacities ? 1 : 2 });
        });
      });
  }

  function start(element) {
    var root = element.closest('[data-mxcity-map-view]'), over = root.querySelector('[data-mxcity-map-over]');
    var status = root.querySelector('[data-mxcity-map-status]'), words = root.dataset;
    status.textContent = status.dataset.textReading;
    var made = window.mxcityMaps.create(element, element.dataset.city, element.dataset.cityName), map = made.map;
    window.mxcityMaps.fit(map, made.city);
    function tell(said) { status.textContent = said; }
    function fail(error) {
      element.hidden = true;
      tell(error.message === 'size' ? words.textLarge : words.textFailed);
      status.classList.add('mx-map__status--error');
    }
    var first = layerOf(element, words, 'first', colourOf(element, '--mx-map-accent', '#0a5a6e'), over ? 0.12 : 0.3);
    draw(first, map, tell).then(function (found) {
      window.mxcityMaps.fit(map, found.bounds && found.bounds.isValid() ? found.bounds : made.city);
      if (found.said) { tell(found.said); }
      if (found.features) {
        shade(root, first, found);
        var holder = root.querySelector('[data-mxcity-map-table]');
        if (holder) { list(holder, found, words, map); }
      }
      return first.ready && first.ready();
    }).then(function () {
      if (!over) { return null; }
      var second = layerOf(over, words, 'second', colourOf(element, '--mx-map-second', '#a14b00'), 0.2);
      return draw(second, map, function () {}).then(function () { return second.ready && second.ready(); });
    }).then(function () { root.dataset.drawn = 'yes'; }).catch(fail);
  }

  document.querySelectorAll('[data-mxcity-map]').forEach(start);
})();
