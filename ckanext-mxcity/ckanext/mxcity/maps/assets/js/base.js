/* What every map of the portal shares: its controls, and the base map of the city, which the portal serves itself. */
(function () {
  'use strict';
  if (window.mxcityMaps) { return; }

  function readBox(text) {
    var parts = (text || '').split(',').map(Number);
    if (parts.length !== 4 || parts.some(isNaN)) { return null; }
    return L.latLngBounds([parts[1], parts[0]], [parts[3], parts[2]]);
  }

  /* The rectangle of the city stands for its ground until that is there, and where it cannot be had. */
  function ground(map, element, outline, credit) {
    map.whenReady(function () {
      window.mxcityGround.under(map, element.dataset.base).then(function () {
        outline.remove();
        element.dataset.ground = 'drawn';
      }, function () {
        element.dataset.ground = 'failed';
        credit.textContent = element.dataset.withoutBase;
      });
    });
  }

  function badge(map, said) {
    var control = L.control({ position: 'topleft' });
    control.onAdd = function () {
      var node = L.DomUtil.create('div', 'mx-map__badge');
      node.textContent = said;
      return node;
    };
    control.addTo(map);
  }

  function create(element, cityBox, cityName) {
    var map = L.map(element, { attributionControl: false, minZoom: 1, maxZoom: 19, zoomSnap: 0.5 });
    map.zoomControl.setPosition('topright');
    if (element.dataset.zoomIn) {
      element.querySelector('.leaflet-control-zoom-in').setAttribute('aria-label', element.dataset.zoomIn);
      element.querySelector('.leaflet-control-zoom-out').setAttribute('aria-label', element.dataset.zoomOut);
      element.querySelector('.leaflet-control-zoom-in').title = element.dataset.zoomIn;
      element.querySelector('.leaflet-control-zoom-out').title = element.dataset.zoomOut;
    }
    // As text: the control itself would read it as markup.
    var credit = L.control.attribution({ prefix: false }).addTo(map).getContainer();
    credit.textContent = element.dataset.attribution;
    if (element.dataset.badge) { badge(map, element.dataset.badge); }
    var city = readBox(cityBox), outline = L.layerGroup().addTo(map);
    if (city) {
      L.rectangle(city, { className: 'mx-map__city', interactive: false, fill: false, weight: 2, dashArray: '6 5' }).addTo(outline);
      if (cityName) {
        var name = document.createElement('span');
        name.textContent = cityName;
        L.tooltip({ permanent: true, direction: 'center', className: 'mx-map__name' })
          .setLatLng([city.getNorth(), city.getCenter().lng]).setContent(name).addTo(outline);
      }
    }
    if (element.dataset.base) { ground(map, element, outline, credit); }
    return { map: map, city: city };
  }

  function fit(map, bounds) {
    if (bounds && bounds.isValid()) {
      map.fitBounds(bounds, { padding: [24, 24], maxZoom: 16, animate: false });
    } else {
      map.setView([23.6, -102.5], 4);
    }
  }

  window.mxcityMaps = { readBox: readBox, create: create, fit: fit };
})();
