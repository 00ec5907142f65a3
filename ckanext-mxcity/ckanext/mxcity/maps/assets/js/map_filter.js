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
    /* An area drawn by less than this many pixels is a slip of the finger. */
    var LEAST = 6;

    function read() { return window.mxcityMaps.readBox(fields.map(function (field) { return field.value; }).join(',')); }

    function show(bounds) {
      if (!bounds) {
        if (shape) { shape.remove(); shape = null; }
        return;
      }
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
      start = null;
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
      element.addEventListener('pointerdown', begin, true);
      element.addEventListener('pointermove', stretch, true);
      element.addEventListener('pointerup', finish, true);
      element.addEventListener('pointercancel', function () { start = null; show(read()); }, true);
      element.addEventListener('keydown', byKey, true);
    }

    /* Mouse, pen and finger alike: the area goes from where they press to where they let go. */
    function begin(event) {
      if (!drawing || !event.isPrimary || event.button !== 0 || event.target.closest('.leaflet-control')) { return; }
      event.preventDefault();
      event.stopPropagation();
      element.setPointerCapture(event.pointerId);
      start = { point: made.map.mouseEventToContainerPoint(event), place: made.map.mouseEventToLatLng(event) };
    }

    function stretch(event) {
      if (drawing && start && event.isPrimary) { show(L.latLngBounds(start.place, made.map.mouseEventToLatLng(event))); }
    }

    function finish(event) {
      if (!drawing || !start || !event.isPrimary) { return; }
      var moved = made.map.mouseEventToContainerPoint(event).subtract(start.point);
      var drawn = L.latLngBounds(start.place, made.map.mouseEventToLatLng(event));
      start = null;
      if (Math.min(Math.abs(moved.x), Math.abs(moved.y)) >= LEAST) { keep(drawn); } else { show(read()); }
    }

    function keep(bounds) {
      write(bounds);
      status.textContent = status.dataset.drawn;
      setDrawing(false);
    }

    /* By keyboard: an area in the middle, which arrows move and, with Shift, make larger or smaller. */
    function byKey(event) {
      if (!drawing) { return; }
      var side = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
      if (side) {
        nudge(side, event.shiftKey);
      } else if (event.key === 'Enter') {
        keep(shape.getBounds());
      } else if (event.key === 'Escape') {
        show(read());
        setDrawing(false);
        button.focus();
      } else { return; }
      event.preventDefault();
      event.stopPropagation();
    }

    function nudge(side, grow) {
      var seen = made.map.getBounds(), box = shape.getBounds();
      var x = side[0] * (seen.getEast() - seen.getWest()) / 20, y = side[1] * (seen.getNorth() - seen.getSouth()) / 20;
      var west = box.getWest() + (grow ? 0 : x), south = box.getSouth() + (grow ? 0 : y);
      var east = box.getEast() + x, north = box.getNorth() + y;
      if (east > west && north > south) { show(L.latLngBounds([south, west], [north, east])); }
    }

    /* Drawing begins with an area in the middle of the map, a third of what is seen. */
    function startDrawing() {
      setDrawing(!drawing);
      if (!drawing) { show(read()); return; }
      show(made.map.getBounds().pad(-1 / 3));
      status.textContent = status.dataset.how;
      element.focus();
    }

    var button = form.querySelector('[data-mxcity-filter-draw]');
    button.addEventListener('click', startDrawing);
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
