/* What every map of the portal shares: a base layer drawn by itself (no tiles of other hosts). */
(function () {
  'use strict';
  if (window.mxcityMaps) { return; }

  function readBox(text) {
    var parts = (text || '').split(',').map(Number);
    if (parts.length !== 4 || parts.some(isNaN)) { return null; }
    return L.latLngBounds([parts[1], parts[0]], [parts[3], parts[2]]);
  }

  /* The lines of the grid are about a fifth of what is seen, at a round number of degrees. */
  function gridStep(span) {
    var steps = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 45];
    for (var i = 0; i < steps.length; i++) {
      if (span / steps[i] <= 6) { return steps[i]; }
    }
    return 90;
  }

  function drawGrid(map, layer) {
    var bounds = map.getBounds();
    var step = gridStep(Math.max(bounds.getEast() - bounds.getWest(), 0.02));
    var decimals = step < 0.01 ? 3 : step < 0.1 ? 2 : step < 1 ? 1 : 0;
    var style = { weight: 1, className: 'mx-map__grid', interactive: false };
    layer.clearLayers();
    function label(position, value) {
      L.marker(position, {
        interactive: false, keyboard: false,
        icon: L.divIcon({ className: 'mx-map__degrees', html: value.toFixed(decimals) + '°', iconSize: [60, 14], iconAnchor: [-2, 14] })
      }).addTo(layer);
    }
    var west = Math.max(bounds.getWest(), -360), east = Math.min(bounds.getEast(), 360);
    for (var x = Math.ceil(west / step) * step; x <= east; x += step) {
      L.polyline([[bounds.getSouth(), x], [bounds.getNorth(), x]], style).addTo(layer);
      label([bounds.getSouth(), x], x);
    }
    for (var y = Math.ceil(bounds.getSouth() / step) * step; y <= bounds.getNorth(); y += step) {
      L.polyline([[y, bounds.getWest()], [y, bounds.getEast()]], style).addTo(layer);
      label([y, bounds.getWest()], y);
    }
  }

  function create(element, cityBox, cityName) {
    var map = L.map(element, { attributionControl: false, minZoom: 1, maxZoom: 19, zoomSnap: 0.5 });
    var grid = L.layerGroup().addTo(map);
    map.zoomControl.setPosition('topright');
    if (element.dataset.zoomIn) {
      element.querySelector('.leaflet-control-zoom-in').setAttribute('aria-label', element.dataset.zoomIn);
      element.querySelector('.leaflet-control-zoom-out').setAttribute('aria-label', element.dataset.zoomOut);
      element.querySelector('.leaflet-control-zoom-in').title = element.dataset.zoomIn;
      element.querySelector('.leaflet-control-zoom-out').title = element.dataset.zoomOut;
    }
    if (element.dataset.attribution) {
      // As text: the control itself would read it as markup.
      L.control.attribution({ prefix: false }).addTo(map).getContainer().textContent =
        element.dataset.attribution;
    }
    var city = readBox(cityBox);
    if (city) {
      L.rectangle(city, { className: 'mx-map__city', interactive: false, fill: false, weight: 2, dashArray: '6 5' }).addTo(map);
      if (cityName) {
        var name = document.createElement('span');
        name.textContent = cityName;
        L.tooltip({ permanent: true, direction: 'center', className: 'mx-map__name' })
          .setLatLng([city.getNorth(), city.getCenter().lng]).setContent(name).addTo(map);
      }
    }
    /* Last of all: the first view is set before what draws lines is ready for them. */
    map.whenReady(function () {
      drawGrid(map, grid);
      map.on('moveend', function () { drawGrid(map, grid); });
    });
    return { map: map, city: city };
  }

  function fit(map, bounds) {
    if (bounds && bounds.isValid()) {
      map.fitBounds(bounds, { padding: [24, 24], maxZoom: 15, animate: false });
    } else {
      map.setView([23.6, -102.5], 4);
    }
  }

  window.mxcityMaps = { readBox: readBox, create: create, fit: fit };
})();
