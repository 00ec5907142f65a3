/* Draws the base map of the city under what a map shows: grounds and lines on tiles, and the names over all of them at once. */
(function () {
  'use strict';
  if (window.mxcityGround) { return; }
  var SIZE = 256, PI = Math.PI;
  /* Sorted by what lies on what. ``from`` is the zoom that first shows it. */
  var LAYERS = ['parks', 'water', 'neighbourhoods', 'streets', 'limits'];
  var COLOURS = {
    paper: '#f5f3ee', park: '#d9e8cf', water: '#bcd9e8', border: '#cfc9be', street: '#ffffff', streetEdge: '#d9d4ca',
    avenue: '#f3d9a4', avenueEdge: '#d8b978', limit: '#8a8378', own: '#5c564d', name: '#3d3a35', streetName: '#5b5340', waterName: '#2f6480', halo: 'rgba(255,255,255,0.9)'
  };

  function trace(context, layer, wanted, scale, left, top) {
    context.beginPath();
    layer.features.forEach(function (feature) {
      if (!wanted(feature)) { return; }
      feature.paths.forEach(function (path) {
        path.forEach(function (point, index) {
          context[index ? 'lineTo' : 'moveTo'](point[0] * scale + left, point[1] * scale + top);
        });
      });
    });
  }

  function stroke(context, colour, width, dash) {
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.setLineDash(dash || []);
    context.stroke();
  }

  /* How wide a street is on the screen: it grows with the zoom, as on paper. */
  function width(zoom, base) { return Math.max(0.6, base * Math.pow(1.35, zoom - 13)); }

  var DRAW = {
    parks: function (context, zoom) { context.fillStyle = COLOURS.park; context.fill('evenodd'); },
    neighbourhoods: function (context, zoom) { stroke(context, COLOURS.border, 1, [3, 3]); }
  };

  function drawWater(context, layer, zoom, at) {
    trace(context, layer, function (one) { return one.type === 3; }, at.scale, at.left, at.top);
    context.fillStyle = COLOURS.water;
    context.fill('evenodd');
    trace(context, layer, function (one) { return one.type === 2; }, at.scale, at.left, at.top);
    stroke(context, COLOURS.water, width(zoom, 3));
  }

  function drawStreets(context, layer, zoom, at) {
    function minor(one) { return !one.properties.main; }
    function main(one) { return one.properties.main; }
    if (zoom >= 14) {
      trace(context, layer, minor, at.scale, at.left, at.top);
      stroke(context, COLOURS.streetEdge, width(zoom, 1.6) + 1.4);
      stroke(context, COLOURS.street, width(zoom, 1.6));
    } else {
      trace(context, layer, minor, at.scale, at.left, at.top);
      stroke(context, '#e4e0d7', 1);
    }
    trace(context, layer, main, at.scale, at.left, at.top);
    stroke(context, COLOURS.avenueEdge, width(zoom, 3) + 1.4);
    stroke(context, COLOURS.avenue, width(zoom, 3));
  }

  function drawLimits(context, layer, zoom, at) {
    trace(context, layer, function (one) { return !one.properties.own; }, at.scale, at.left, at.top);
    stroke(context, COLOURS.limit, 1, [5, 4]);
    trace(context, layer, function (one) { return one.properties.own; }, at.scale, at.left, at.top);
    stroke(context, COLOURS.own, 2, [8, 4, 2, 4]);
  }

  function drawTile(context, layers, zoom, at) {
    context.lineJoin = context.lineCap = 'round';
    LAYERS.forEach(function (name) {
      var layer = layers[name];
      if (!layer) { return; }
      var scaled = { scale: at.size / layer.extent, left: at.left, top: at.top };
      if (name === 'water') { drawWater(context, layer, zoom, scaled); }
      else if (name === 'streets') { drawStreets(context, layer, zoom, scaled); }
      else if (name === 'limits') { drawLimits(context, layer, zoom, scaled); }
      else {
        trace(context, layer, function () { return true; }, scaled.scale, scaled.left, scaled.top);
        DRAW[name](context, zoom);
      }
    });
  }

  /* Which tile of the archive a tile of the screen is, or is a part of. */
  function source(archive, coords) {
    var over = Math.max(0, coords.z - archive.last), parts = Math.pow(2, over);
    var x = Math.floor(coords.x / parts), y = Math.floor(coords.y / parts);
    return { z: coords.z - over, x: x, y: y, size: SIZE * parts, left: (x * parts - coords.x) * SIZE, top: (y * parts - coords.y) * SIZE };
  }

  var Tiles = L.GridLayer.extend({
    initialize: function (archive, options) { this.archive = archive; L.setOptions(this, options); },
    createTile: function (coords, done) {
      var canvas = L.DomUtil.create('canvas', 'mx-map__tile'), sharp = Math.min(window.devicePixelRatio || 1, 2), archive = this.archive;
      canvas.width = canvas.height = SIZE * sharp;
      var at = source(archive, coords);
      if (at.z < archive.first || at.y < 0 || at.y >= Math.pow(2, at.z)) { window.setTimeout(function () { done(null, canvas); }, 0); return canvas; }
      archive.tile(at.z, at.x, at.y).then(function (layers) {
        var context = canvas.getContext('2d');
        context.scale(sharp, sharp);
        drawTile(context, layers, coords.z, at);
        done(null, canvas);
      }, function (error) { done(error, canvas); });
      return canvas;
    }
  });

  /* ---- names ---- */

  var FONT = ' system-ui, "Segoe UI", Roboto, "Helvetica Neue", sans-serif';
  /* What a name looks like, and from which zoom it is there; null for one that is not. */
  function look(told, zoom) {
    if (told.kind === 'limits') {
      return zoom > 12 ? null : { rank: told.own ? 0 : 1, font: (told.own ? '700 15px' : '600 12px') + FONT, colour: COLOURS.name };
    }
    if (told.kind === 'streets') {
      if (zoom < (told.main ? 12.4 : 15.4)) { return null; }
      return { rank: told.main ? 3 : 6, font: (told.main ? '600 11px' : '400 10px') + FONT, colour: COLOURS.streetName };
    }
    if (told.kind === 'neighbourhoods') { return zoom < 12 ? null : { rank: 2, font: '600 12px' + FONT, colour: COLOURS.name, within: true }; }
    if (told.kind === 'parks') { return zoom < 14.4 ? null : { rank: 5, font: 'italic 500 11px' + FONT, colour: '#3f6b35' }; }
    return zoom < 12 ? null : { rank: 4, font: 'italic 500 12px' + FONT, colour: COLOURS.waterName };
  }

  /* The corners of the upright rectangle that holds a text, turned or not. */
  function boxOf(label, wide) {
    var turn = Math.abs(label.turn), high = 14, w = wide * Math.cos(turn) + high * Math.sin(turn), h = wide * Math.sin(turn) + high * Math.cos(turn);
    return [label.x - w / 2 - 3, label.y - h / 2 - 2, label.x + w / 2 + 3, label.y + h / 2 + 2];
  }

  function meets(one, other) { return one[0] < other[2] && one[2] > other[0] && one[1] < other[3] && one[3] > other[1]; }

  function place(context, labels, size) {
    var taken = [], shown = [], given = {};
    labels.sort(function (one, other) { return one.look.rank - other.look.rank || other.size - one.size; });
    labels.forEach(function (label) {
      if (label.x < 0 || label.y < 0 || label.x > size.x || label.y > size.y || given[label.key]) { return; }
      context.font = label.look.font;
      var wide = context.measureText(label.name).width, box = boxOf(label, wide);
      /* A name that is much wider than its place would be taken for another's. */
      if (label.look.within && wide > 1.6 * label.room) { return; }
      if (taken.some(function (other) { return meets(box, other); })) { return; }
      taken.push(box);
      given[label.key] = true;
      shown.push(label);
    });
    return shown;
  }

  function write(context, label) {
    context.save();
    context.translate(label.x, label.y);
    context.rotate(label.turn);
    context.font = label.look.font;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.lineJoin = 'round';
    context.lineWidth = 3;
    context.strokeStyle = COLOURS.halo;
    context.strokeText(label.name, 0, 0);
    context.fillStyle = label.look.colour;
    context.fillText(label.name, 0, 0);
    context.restore();
  }

  var Names = L.Layer.extend({
    initialize: function (archive) { this.archive = archive; },
    onAdd: function (map) {
      var pane = map.getPane('names') || map.createPane('names');
      pane.style.zIndex = 350;
      pane.style.pointerEvents = 'none';
      this.canvas = L.DomUtil.create('canvas', 'mx-map__names leaflet-zoom-hide', pane);
      map.on('moveend resize', this.draw, this);
      this.draw();
    },
    onRemove: function (map) { map.off('moveend resize', this.draw, this); this.canvas.remove(); },
    draw: function () {
      var names = this, map = this._map, archive = this.archive, turn = this.turn = (this.turn || 0) + 1;
      var zoom = map.getZoom(), z = Math.min(Math.round(zoom), archive.last);
      if (z < archive.first) { this.show([], []); return; }
      var bounds = map.getBounds(), count = Math.pow(2, z);
      var from = map.project(bounds.getNorthWest(), z).divideBy(SIZE).floor(), to = map.project(bounds.getSouthEast(), z).divideBy(SIZE).floor();
      var tiles = [];
      for (var x = from.x; x <= to.x; x++) { for (var y = Math.max(0, from.y); y <= Math.min(count - 1, to.y); y++) { tiles.push({ x: x, y: y }); } }
      if (tiles.length > 64) { this.show([], []); return; }
      Promise.all(tiles.map(function (one) { return archive.tile(z, one.x, one.y); })).then(function (found) {
        if (turn === names.turn && names._map) { names.show(tiles, found, z, zoom); }
      }, function () { /* the tiles say that they could not be had */ });
    },
    show: function (tiles, found, z, zoom) {
      var map = this._map, size = map.getSize(), sharp = Math.min(window.devicePixelRatio || 1, 2), labels = [];
      L.DomUtil.setPosition(this.canvas, map.containerPointToLayerPoint([0, 0]));
      this.canvas.width = size.x * sharp;
      this.canvas.height = size.y * sharp;
      this.canvas.style.width = size.x + 'px';
      this.canvas.style.height = size.y + 'px';
      var context = this.canvas.getContext('2d');
      context.scale(sharp, sharp);
      tiles.forEach(function (tile, index) {
        var layer = found[index].labels;
        (layer ? layer.features : []).forEach(function (feature) {
          var told = feature.properties, point = feature.paths[0] && feature.paths[0][0], how = look(told, zoom);
          if (!how || !point) { return; }
          var world = L.point(tile.x + point[0] / layer.extent, tile.y + point[1] / layer.extent).multiplyBy(SIZE);
          var at = map.latLngToContainerPoint(map.unproject(world, z));
          /* Angles of the archive are counted upwards, of the screen downwards; a text is never upside down. */
          var angle = -(told.angle || 0);
          angle = angle > 90 ? angle - 180 : angle < -90 ? angle + 180 : angle;
          labels.push({ name: told.name, key: told.kind + told.name, x: at.x, y: at.y, turn: angle * PI / 180, size: told.size || 0, room: (told.size || 0) / 10000 * SIZE * Math.pow(2, zoom) / 360, look: how });
        });
      });
      this.shown = place(context, labels, size);
      this.shown.forEach(function (label) { write(context, label); });
      /* For who looks from outside: which names are there. */
      this.canvas.dataset.names = this.shown.slice(0, 40).map(function (label) { return label.name; }).join('|');
    }
  });

  /* Puts the base map of an address under a map; gives a promise that fails where it cannot be read. */
  function under(map, url) {
    var archive = new window.mxcityTiles.Archive(url);
    return archive.open().then(function () {
      map.getContainer().style.background = COLOURS.paper;
      new Tiles(archive, { tileSize: SIZE, minZoom: archive.first, keepBuffer: 1, updateWhenIdle: false }).addTo(map);
      new Names(archive).addTo(map);
      return archive;
    });
  }

  window.mxcityGround = { under: under };
})();
