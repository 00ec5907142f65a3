/* Reads the base map: an archive of tiles (PMTiles 3), of which a map asks the parts it shows, and the tiles in it (MVT 2).
   Both are small formats, written down at their makers'; what no base map of ours has is left out: other packings, points of polygons. */
(function () {
  'use strict';
  if (window.mxcityTiles) { return; }
  /* Bytes of a block, and how many blocks and tiles are kept. Neighbours lie together in an archive: one block has several. */
  var BLOCK = 16384, BLOCKS = 64, KEPT = 96;

  function keep(map, key, promise, most) {
    promise.catch(function () { map.delete(key); });
    map.set(key, promise);
    if (map.size > most) { map.delete(map.keys().next().value); }
    return promise;
  }

  function inflate(buffer) {
    return new Response(new Blob([buffer]).stream().pipeThrough(new DecompressionStream('gzip'))).arrayBuffer();
  }

  /* A reader of protocol buffers. Numbers above 2^53 do not occur in either format. */
  function Bytes(buffer) { this.view = buffer instanceof Uint8Array ? buffer : new Uint8Array(buffer); this.at = 0; this.end = this.view.length; }
  Bytes.prototype.number = function () {
    var value = 0, scale = 1, byte;
    do {
      if (this.at >= this.view.length) { throw new Error('short'); }
      byte = this.view[this.at++];
      value += (byte & 127) * scale;
      scale *= 128;
    } while (byte > 127);
    return value;
  };
  Bytes.prototype.part = function () {
    var length = this.number(), part = new Bytes(this.view.subarray(this.at, this.at + length));
    this.at += length;
    return part;
  };
  Bytes.prototype.text = function () { return new TextDecoder().decode(this.part().view); };
  /* Calls with the number of each field and its wire type; what is not taken is passed over. */
  Bytes.prototype.fields = function (take) {
    while (this.at < this.end) {
      var key = this.number(), wire = key & 7, before = this.at;
      take(key >> 3, this, wire);
      if (this.at === before) {
        if (wire === 0) { this.number(); } else if (wire === 2) { this.part(); } else { this.at += wire === 1 ? 8 : 4; }
      }
    }
  };

  function zigzag(value) { return value % 2 ? -(value + 1) / 2 : value / 2; }

  /* ---- the archive ---- */

  /* The place of a tile along the curve of Hilbert, which the archive is sorted by. */
  function tileId(z, x, y) {
    var id = (Math.pow(4, z) - 1) / 3;
    for (var side = Math.pow(2, z) / 2; side >= 1; side /= 2) {
      var right = (x & side) ? 1 : 0, down = (y & side) ? 1 : 0;
      id += side * side * ((3 * right) ^ down);
      if (!down) {
        if (right) { x = side - 1 - (x & (side - 1)); y = side - 1 - (y & (side - 1)); }
        var other = x; x = y; y = other;
      }
    }
    return id;
  }

  function directory(buffer) {
    var bytes = new Bytes(buffer), count = bytes.number(), entries = [], id = 0, i;
    for (i = 0; i < count; i++) { id += bytes.number(); entries.push({ id: id }); }
    for (i = 0; i < count; i++) { entries[i].run = bytes.number(); }
    for (i = 0; i < count; i++) { entries[i].length = bytes.number(); }
    for (i = 0; i < count; i++) {
      var offset = bytes.number();
      entries[i].offset = offset ? offset - 1 : entries[i - 1].offset + entries[i - 1].length;
    }
    return entries;
  }

  function find(entries, id) {
    var low = 0, high = entries.length - 1;
    while (low < high) {
      var middle = Math.ceil((low + high) / 2);
      if (entries[middle].id <= id) { low = middle; } else { high = middle - 1; }
    }
    var entry = entries[low];
    return entry && entry.id <= id && (!entry.run || id < entry.id + entry.run) ? entry : null;
  }

  function Archive(url) { this.url = url; this.kept = new Map(); this.blocks = new Map(); this.opened = null; }

  Archive.prototype.ask = function (offset, length) {
    return fetch(this.url, { credentials: 'same-origin', headers: { Range: 'bytes=' + offset + '-' + (offset + length - 1) } })
      .then(function (answer) {
        if (answer.status !== 206 && answer.status !== 200) { throw new Error('HTTP ' + answer.status); }
        return answer.arrayBuffer().then(function (buffer) {
          return answer.status === 200 ? buffer.slice(offset, offset + length) : buffer;
        });
      });
  };

  Archive.prototype.block = function (number) {
    return this.blocks.get(number) || keep(this.blocks, number, this.ask(number * BLOCK, BLOCK), BLOCKS);
  };

  /* Gives a part of the archive: of the blocks that it lies in, or by itself if it is long. */
  Archive.prototype.part = function (offset, length) {
    var first = Math.floor(offset / BLOCK), last = Math.floor((offset + length - 1) / BLOCK);
    if (last - first > 2) { return this.ask(offset, length); }
    var wanted = [];
    for (var number = first; number <= last; number++) { wanted.push(this.block(number)); }
    return Promise.all(wanted).then(function (buffers) {
      return (buffers.length === 1 ? Promise.resolve(buffers[0]) : new Blob(buffers).arrayBuffer()).then(function (whole) {
        return whole.slice(offset - first * BLOCK, offset - first * BLOCK + length);
      });
    });
  };

  Archive.prototype.open = function () {
    var archive = this;
    this.opened = this.opened || this.block(0).then(function (buffer) {
      var view = new DataView(buffer);
      function long(at) { return view.getUint32(at, true) + view.getUint32(at + 4, true) * 4294967296; }
      if (new TextDecoder().decode(buffer.slice(0, 7)) !== 'PMTiles') { throw new Error('not PMTiles'); }
      if (view.getUint8(7) !== 3) { throw new Error('not PMTiles 3'); }
      archive.leaves = long(40);
      archive.data = long(56);
      archive.first = view.getUint8(100);
      archive.last = view.getUint8(101);
      var start = long(8), length = long(16);
      var root = start + length <= buffer.byteLength ? Promise.resolve(buffer.slice(start, start + length)) : archive.part(start, length);
      return root.then(inflate).then(directory).then(function (entries) { archive.root = entries; return archive; });
    });
    return this.opened;
  };

  Archive.prototype.locate = function (entries, id, depth) {
    var archive = this, entry = find(entries, id);
    if (!entry || entry.run || depth > 3) { return Promise.resolve(entry && entry.run ? entry : null); }
    return this.part(this.leaves + entry.offset, entry.length).then(inflate).then(directory)
      .then(function (leaf) { return archive.locate(leaf, id, depth + 1); });
  };

  /* Gives the layers of a tile, none for one that the archive does not have. */
  Archive.prototype.tile = function (z, x, y) {
    var archive = this, key = z + '/' + x + '/' + y;
    return this.kept.get(key) || keep(this.kept, key, this.open().then(function () { return archive.locate(archive.root, tileId(z, x, y), 0); })
      .then(function (entry) {
        return entry ? archive.part(archive.data + entry.offset, entry.length).then(inflate).then(layersOf) : {};
      }), KEPT);
  };

  /* ---- a tile ---- */

  function value(bytes) {
    var found = null;
    bytes.fields(function (field, one) {
      if (field === 1) { found = one.text(); }
      else if (field === 4 || field === 5) { found = one.number(); }
      else if (field === 6) { found = zigzag(one.number()); }
      else if (field === 7) { found = one.number() === 1; }
      else if (field === 2 || field === 3) {
        var view = new DataView(one.view.buffer, one.view.byteOffset + one.at);
        found = field === 2 ? view.getFloat32(0, true) : view.getFloat64(0, true);
        one.at += field === 2 ? 4 : 8;
      }
    });
    return found;
  }

  /* Paths of points; a ring ends where it began. */
  function paths(bytes) {
    var found = [], path = null, x = 0, y = 0;
    while (bytes.at < bytes.end) {
      var command = bytes.number(), kind = command & 7;
      for (var left = command >> 3; left > 0; left--) {
        if (kind === 7) { path.push(path[0]); continue; }
        x += zigzag(bytes.number());
        y += zigzag(bytes.number());
        if (kind === 1) { path = []; found.push(path); }
        path.push([x, y]);
      }
    }
    return found;
  }

  function feature(bytes, keys, values) {
    var made = { type: 0, properties: {}, paths: [] };
    bytes.fields(function (field, one) {
      if (field === 2) {
        for (var tags = one.part(); tags.at < tags.end;) {
          var key = keys[tags.number()];
          made.properties[key] = values[tags.number()];
        }
      } else if (field === 3) { made.type = one.number(); }
      else if (field === 4) { made.paths = paths(one.part()); }
    });
    return made;
  }

  function layersOf(buffer) {
    var layers = {};
    new Bytes(buffer).fields(function (field, tile) {
      if (field !== 3) { return; }
      var name = '', extent = 4096, keys = [], values = [], waiting = [];
      tile.part().fields(function (inner, one) {
        if (inner === 1) { name = one.text(); }
        else if (inner === 2) { waiting.push(one.part()); }
        else if (inner === 3) { keys.push(one.text()); }
        else if (inner === 4) { values.push(value(one.part())); }
        else if (inner === 5) { extent = one.number(); }
      });
      layers[name] = { extent: extent, features: waiting.map(function (bytes) { return feature(bytes, keys, values); }) };
    });
    return layers;
  }

  window.mxcityTiles = { Archive: Archive, tileId: tileId };
})();
