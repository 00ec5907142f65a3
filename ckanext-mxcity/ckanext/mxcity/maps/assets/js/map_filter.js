/* Draws the rectangle of the search's filter. The form's fields say the same and need no script. */
(function () {
  'use strict';
  var SIDES = ['west', 'south', 'east', 'north'];

  document.querySelectorAll('[data-mxcity-map-filter]').forEach(function (form) {
    var element = form.querySelector('[data-mxcity-filter-map]');
    var holder = form.querySelector('[data-mxcity-filter-holder]');
    var zone = form.querySelector('[name=zone]');
    var status = form.querySelector('[data-mxcity-filter-status]');
    var fields = SIDES.map(function (side) { return form.querySelector('[name=' + side + ']'); });
    var made = null, shape = null, start = null, drawing = false;

    function read() { return window.mxcityMaps.readBox(fields.map(function (field) { return field.value; }).join(',')); }

    function show(bounds) {
      if (!bounds) { return; }
      if (shape) { shape.setBounds(bounds); } else { shape = L.rectangle(bounds, { className: 'mx-map__shape', interactive: false, weight: 2 }).addTo(made.map); }
    }

    function write(bounds) {
      var values = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
      fields.forEach(function (field, index) { field.value = values[index].toFixed(4); });
      zone.value = 'edges';
      show(bounds);
    }

    function setDrawing(on) {
      drawing = on;
      button.setAttribute('aria-pressed', String(on));
      element.classList.toggle('mx-map--drawing', on);
      made.map.dragging[on ? 'disable' : 'enable']();
    }

    function open() {
      if (made) { return; }
      holder.hidden = false;
      made = window.mxcityMaps.create(element, element.dataset.city, element.dataset.cityName);
      var bounds = read();
      window.mxcityMaps.fit(made.map, bounds && made.city ? L.latLngBounds(bounds.getSouthWest(), bounds.getNorthEast()).extend(made.city) : bounds || made.city);
      show(bounds);
      made.map.on('mousedown', function (event) { if (drawing) { start = event.latlng; } });
      made.map.on('mousemove', function (event) { if (drawing && start) { show(L.latLngBounds(start, event.latlng)); } });
      made.map.on('mouseup', function (event) {
        if (!drawing || !start) { return; }
        var drawn = L.latLngBounds(start, event.latlng);
        start = null;
        if (drawn.getWest() < drawn.getEast() && drawn.getSouth() < drawn.getNorth()) { write(drawn); status.textContent = status.dataset.drawn; }
        setDrawing(false);
      });
    }

    var button = form.querySelector('[data-mxcity-filter-draw]');
    button.addEventListener('click', function () { setDrawing(!drawing); });
    form.querySelector('[data-mxcity-filter-seen]').addEventListener('click', function () {
      write(made.map.getBounds());
      status.textContent = status.dataset.drawn;
    });
    fields.forEach(function (field) {
      field.addEventListener('change', function () { zone.value = 'edges'; show(read()); });
    });
    zone.addEventListener('change', function () {
      var bounds = window.mxcityMaps.readBox(zone.value);
      if (bounds) { write(bounds); zone.value = zone.querySelector('option:checked') ? zone.value : 'edges'; made.map.fitBounds(bounds); }
    });
    /* The map is made when it can be seen: in a closed fold it would have no size. */
    new IntersectionObserver(function (entries, observer) {
      if (entries.some(function (entry) { return entry.isIntersecting; })) { observer.disconnect(); open(); }
    }).observe(form);
  });
})();
