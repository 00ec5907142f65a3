/* The map preview of a resource, with the same features as a table beside it. */
(function () {
  'use strict';
  var PAGE = 100;

  function text(tag, value, parent) {
    var node = document.createElement(tag);
    node.textContent = value === null || value === undefined ? '' : String(value);
    if (parent) { parent.appendChild(node); }
    return node;
  }

  function fill(pattern, values) {
    return pattern.replace(/\{(\w+)\}/g, function (all, key) { return key in values ? values[key] : all; });
  }

  function number(value) { return Number(value).toLocaleString(document.documentElement.lang || 'es-MX'); }

  function popup(properties) {
    var list = document.createElement('dl');
    list.className = 'mx-map__popup';
    Object.keys(properties || {}).forEach(function (key) {
      text('dt', key, list);
      var value = properties[key];
      text('dd', value !== null && typeof value === 'object' ? JSON.stringify(value) : value, list);
    });
    return list;
  }

  /* A valid pair of degrees, or null: a row without coordinates stays in the table alone. */
  function position(latitude, longitude) {
    var lat = parseFloat(latitude), lon = parseFloat(longitude);
    return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? [lon, lat] : null;
  }

  function fromTable(answer, element) {
    var result = answer.result;
    return {
      total: result.total,
      features: result.records.map(function (record) {
        var place = position(record[element.dataset.latitude], record[element.dataset.longitude]);
        delete record._id;
        return { type: 'Feature', properties: record, geometry: place && { type: 'Point', coordinates: place } };
      })
    };
  }

  function fromGeoJSON(document_, element) {
    var features = document_ && document_.type === 'FeatureCollection' ? document_.features
      : document_ && document_.type === 'Feature' ? [document_]
      : document_ && document_.coordinates ? [{ type: 'Feature', properties: {}, geometry: document_ }] : null;
    if (!Array.isArray(features)) { throw new Error('not GeoJSON'); }
    return { total: Number(element.dataset.total) || features.length, features: features };
  }

  function table(root, features, layers, words, map) {
    var holder = root.querySelector('[data-mxcity-map-table]');
    var keys = [];
    features.slice(0, PAGE).forEach(function (feature) {
      Object.keys(feature.properties || {}).forEach(function (key) { if (keys.indexOf(key) < 0) { keys.push(key); } });
    });
    var grid = document.createElement('table');
    grid.className = 'table table-sm';
    var head = grid.createTHead().insertRow();
    text('th', words.place, head).scope = 'col';
    keys.forEach(function (key) { text('th', key, head).scope = 'col'; });
    var body = grid.createTBody();
    var more = text('button', '');
    more.type = 'button';
    more.className = 'btn btn-secondary';
    var shown = 0;
    function add() {
      features.slice(shown, shown + PAGE).forEach(function (feature, index) {
        var row = body.insertRow(), cell = row.insertCell(), layer = layers[shown + index];
        if (layer) {
          var button = text('button', words.show, cell);
          button.type = 'button';
          button.className = 'btn btn-link btn-sm';
          button.addEventListener('click', function () {
            if (layer.getBounds) { map.fitBounds(layer.getBounds(), { maxZoom: 16 }); } else { map.setView(layer.getLatLng(), Math.max(map.getZoom(), 15)); }
            layer.openPopup();
          });
        }
        keys.forEach(function (key) {
          var value = (feature.properties || {})[key];
          text('td', value !== null && typeof value === 'object' ? JSON.stringify(value) : value, row);
        });
      });
      shown = Math.min(shown + PAGE, features.length);
      more.hidden = shown >= features.length;
      more.textContent = fill(words.more, { shown: number(shown), total: number(features.length) });
    }
    more.addEventListener('click', add);
    add();
    holder.replaceChildren(grid, more);
  }

  function draw(element, found) {
    var root = element.closest('[data-mxcity-map-view]');
    var words = root.dataset, limit = parseInt(element.dataset.limit, 10);
    var status = root.querySelector('[data-mxcity-map-status]');
    var features = found.features.slice(0, limit), layers = [], bounds = L.latLngBounds([]);
    var made = window.mxcityMaps.create(element, element.dataset.city, element.dataset.cityName);
    window.mxcityMaps.fit(made.map, made.city);
    var canvas = L.canvas({ padding: 0.3 }), broken = 0;
    var accent = getComputedStyle(root).getPropertyValue('--mx-map-accent').trim() || '#0a5a6e';
    var style = { color: accent, weight: 2, fillColor: accent, fillOpacity: 0.35 };
    features.forEach(function (feature) {
      var made_ = null;
      try {
        if (feature.geometry) {
          L.geoJSON(feature, {
            renderer: canvas, style: style,
            pointToLayer: function (one, place) { return L.circleMarker(place, L.extend({ renderer: canvas, radius: 5 }, style)); },
            onEachFeature: function (one, layer) { layer.bindPopup(function () { return popup(one.properties); }, { maxHeight: 260 }); made_ = layer; }
          }).eachLayer(function (layer) { layer.addTo(made.map); });
        }
      } catch (error) { made_ = null; }
      if (made_) { bounds.extend(made_.getBounds ? made_.getBounds() : made_.getLatLng()); } else { broken += 1; }
      layers.push(made_);
    });
    window.mxcityMaps.fit(made.map, bounds.isValid() ? bounds : made.city);
    var said = found.total > features.length
      ? fill(words.textFirst, { shown: number(features.length), total: number(found.total) })
      : fill(words.textAll, { total: number(found.total) });
    if (broken) { said += ' ' + fill(words.textBroken, { count: number(broken) }); }
    status.textContent = said;
    table(root, features, layers, { place: words.textPlace, show: words.textShow, more: words.textMore }, made.map);
  }

  document.querySelectorAll('[data-mxcity-map]').forEach(function (element) {
    var root = element.closest('[data-mxcity-map-view]');
    var status = root.querySelector('[data-mxcity-map-status]');
    fetch(element.dataset.source, { credentials: 'same-origin' }).then(function (response) {
      if (!response.ok) { throw new Error('HTTP ' + response.status); }
      if (Number(response.headers.get('Content-Length')) > Number(element.dataset.sizeLimit)) { throw new Error('size'); }
      return response.json();
    }).then(function (answer) {
      draw(element, element.dataset.kind === 'datastore' ? fromTable(answer, element) : fromGeoJSON(answer, element));
    }).catch(function (error) {
      element.hidden = true;
      status.textContent = error.message === 'size' ? root.dataset.textLarge : root.dataset.textFailed;
      status.classList.add('mx-map__status--error');
    });
  });
})();
