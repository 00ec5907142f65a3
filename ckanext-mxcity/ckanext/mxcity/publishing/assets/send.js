/* Send a file in pieces (tus 1.0.0), and go on after a break or another visit. Without this the form sends it whole. */
(function () {
  "use strict";
  var form = document.querySelector("[data-mx-send]");
  if (!form || !window.fetch || !window.File) { return; }
  var input = form.querySelector("input[type=file]");
  var drop = form.querySelector("[data-mx-drop]");
  var bar = form.querySelector("progress");
  var said = form.querySelector("[data-mx-said]");
  var PIECE = 4 * 1024 * 1024;
  var TRIES = 8;

  // By attribute: a field of the form may be called as the property is.
  function told(name) { return form.getAttribute("data-" + name); }

  function headers(more) {
    var field = document.querySelector("meta[name=csrf_field_name]").content;
    var token = document.querySelector('meta[name="' + field + '"]').content;
    return Object.assign({"Tus-Resumable": "1.0.0", "X-CSRFToken": token}, more || {});
  }

  function base64(text) {
    return btoa(unescape(encodeURIComponent(text)));
  }

  function say(text, wrong) {
    said.textContent = text;
    said.className = wrong ? "mp-error" : "mp-small";
    if (wrong) { bar.hidden = true; form.classList.remove("mp-sending"); input.disabled = false; }
  }

  // Where the file goes: the dataset, and the file of it whose place it takes.
  function aim(name) {
    var field = form.querySelector("[name=" + name + "]");
    return field ? field.value : "";
  }

  function key(file) {
    return "mxcity-upload:" + [file.name, file.size, file.lastModified, aim("dataset"), aim("replaces")].join(":");
  }

  function remember(file, address) {
    try { address ? localStorage.setItem(key(file), address) : localStorage.removeItem(key(file)); } catch (error) { /* private window */ }
  }

  function remembered(file) {
    try { return localStorage.getItem(key(file)); } catch (error) { return null; }
  }

  function refused(answer) {
    var plain = (answer.headers.get("Content-Type") || "").indexOf("text/plain") === 0;
    return answer.text().then(function (text) { throw {refusal: (plain && text) || told("failed")}; });
  }

  function metadata(file) {
    var pairs = {filename: file.name, dataset: aim("dataset"), replaces: aim("replaces")};
    return Object.keys(pairs).filter(function (name) { return pairs[name]; })
      .map(function (name) { return name + " " + base64(pairs[name]); }).join(",");
  }

  function create(file) {
    return fetch(told("mx-send"), {
      method: "POST",
      headers: headers({"Upload-Length": String(file.size), "Upload-Metadata": metadata(file)})
    }).then(function (answer) {
      if (!answer.ok) { return refused(answer); }
      var address = answer.headers.get("Location");
      remember(file, address);
      return {address: address, offset: 0};
    });
  }

  function arrived(address) {
    return fetch(address, {method: "HEAD", headers: headers()}).then(function (answer) {
      return answer.ok ? Number(answer.headers.get("Upload-Offset")) : null;
    });
  }

  function begin(file) {
    var address = remembered(file);
    if (!address) { return create(file); }
    return arrived(address).then(function (offset) {
      return offset === null ? create(file) : {address: address, offset: offset};
    });
  }

  function pause(tries) {
    return new Promise(function (go) { setTimeout(go, Math.min(500 * Math.pow(2, tries), 15000)); });
  }

  function send(file, place, tries) {
    bar.value = place.offset;
    var share = Math.floor(100 * place.offset / file.size);
    say(told("sending").replace("{share}", share + " %"));
    if (place.offset >= file.size) { return place.address; }
    return fetch(place.address, {
      method: "PATCH",
      headers: headers({"Upload-Offset": String(place.offset), "Content-Type": "application/offset+octet-stream"}),
      body: file.slice(place.offset, place.offset + PIECE)
    }).then(function (answer) {
      if (answer.ok) { return send(file, {address: place.address, offset: Number(answer.headers.get("Upload-Offset"))}, 0); }
      // 507: the disk is full. Choosing the file again goes on where it stopped.
      if (answer.status === 507) { return refused(answer); }
      if (answer.status >= 500 || answer.status === 409 || answer.status === 423) { throw {again: true}; }
      return refused(answer);
    }).catch(function (error) {
      if (error.refusal || tries >= TRIES) { throw error; }
      say(told("waiting"));
      return pause(tries).then(function () { return arrived(place.address); }).catch(function () { return place.offset; })
        .then(function (offset) {
          if (offset === null) { throw {refusal: told("failed")}; }
          return send(file, {address: place.address, offset: offset}, tries + 1);
        });
    });
  }

  function take(file) {
    if (!file) { return; }
    if (!file.size) { say(told("empty"), true); return; }
    if (file.size > Number(told("largest"))) { say(told("large"), true); return; }
    form.classList.add("mp-sending");
    input.disabled = true;
    bar.hidden = false;
    bar.max = file.size;
    begin(file).then(function (place) { return send(file, place, 0); }).then(function (address) {
      remember(file, null);
      say(told("reading"));
      window.location = told("review").replace("UPLOAD", address.split("/").pop());
    }).catch(function (error) {
      say(error.refusal || told("failed"), true);
    });
  }

  form.classList.add("mp-live");
  input.addEventListener("change", function () { take(input.files[0]); });
  form.addEventListener("submit", function (event) { event.preventDefault(); take(input.files[0]); });
  ["dragover", "dragenter"].forEach(function (name) {
    drop.addEventListener(name, function (event) { event.preventDefault(); drop.classList.add("mp-drop--over"); });
  });
  ["dragleave", "drop"].forEach(function (name) {
    drop.addEventListener(name, function () { drop.classList.remove("mp-drop--over"); });
  });
  drop.addEventListener("drop", function (event) {
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
  take(input.files[0]); // chosen while this script was still on its way
})();
