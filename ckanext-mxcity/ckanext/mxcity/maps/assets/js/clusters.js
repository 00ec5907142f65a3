/* Draws many points so that they can be told apart: those that would lie on each other are one mark with their number. */
(function () {
  'use strict';
  if (window.mxcityClusters) { return; }
  var NEAR = 56, TOUCHING = 12, FEW = 300, LAST_ZOOM = 18;

  function number(value) { return Number(value).toLocaleString(document.documentElement.lang || 'es-MX'); }

  /* A long number would not fit in its mark: 12,300 is "12 mil" in words, here "12.3k" as a sign. */
  function sign(count) {
    return count < 10000 ? number(count) : count < 1e6 ? Math.round(count / 1000) + 'k' : (count / 1e6).toFixed(1) + 'M';
  }

  function mark(cluster, look) {
    var side = cluster.count < 10 ? 28 : cluster.count < 100 ? 34 : cluster.count < 1000 ? 42 : 50;
    var label = document.createElement('span');
    label.textContent = sign(cluster.count);
    return L.marker([cluster.latitude, cluster.longitude], {
      keyboard: false,
      icon: L.divIcon({ className: 'mx-map__cluster mx-map__cluster--' + look.name, html: label, iconSize: [side, side] })
    });
  }

  function single(cluster, look) {
    return L.circleMarker([cluster.latitude, cluster.longitude], {
      renderer: look.canvas, radius: 6, color: '#ffffff', weight: 1.5, fillColor: look.colour, fillOpacity: 0.95
    });
  }

  /* Joins places in cells of the screen; each cluster lies in the middle of what it joins. */
  function join(places, zoom, map) {
    var bounds = map.getBounds().pad(0.5), seen = places.filter(function (one) { return bounds.contains([one.latitude, one.longitude]); });
    var side = seen.length > FEW ? NEAR : TOUCHING, cells = new Map();
    seen.forEach(function (one) {
      var at = map.project([one.latitude, one.longitude], zoom).divideBy(side).floor(), key = at.x + ':' + at.y, cell = cells.get(key);
      if (!cell) { cell = { count: 0, latitude: 0, longitude: 0, row: one.row, member: one }; cells.set(key, cell); }
      cell.count += 1;
      cell.latitude += one.latitude;
      cell.longitude += one.longitude;
    });
    return Array.from(cells.values(), function (cell) { cell.latitude /= cell.count; cell.longitude /= cell.count; return cell; });
  }

  /* Shows clusters in a group, in place of those before. ``tell`` gives what a single one says, ``together`` what several do. */
  function show(group, clusters, look, map, tell, together) {
    group.clearLayers();
    clusters.forEach(function (cluster) {
      var layer;
      if (cluster.count === 1) {
        layer = single(cluster, look).bindPopup(function () { return tell(cluster.row || {}); }, { maxHeight: 260 });
        if (cluster.member) { cluster.member.layer = layer; }
      } else {
        layer = mark(cluster, look);
        layer.on('click', function () {
          if (map.getZoom() < LAST_ZOOM) { map.setView(layer.getLatLng(), Math.min(LAST_ZOOM, map.getZoom() + 2)); return; }
          var said = document.createElement('p');
          said.textContent = together.replace('{count}', number(cluster.count));
          L.popup().setLatLng(layer.getLatLng()).setContent(said).openOn(map);
        });
      }
      layer.addTo(group);
    });
  }

  window.mxcityClusters = { join: join, show: show, number: number };
})();
