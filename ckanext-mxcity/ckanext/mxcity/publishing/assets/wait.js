/* Ask every second whether the worker is done, say how far it is, and show the page then. */
(function () {
  "use strict";
  var box = document.querySelector("[data-mx-wait]");
  if (!box) { return; }
  var said = box.querySelector("[data-mx-said]");
  function ask() {
    fetch(box.dataset.mxWait, {headers: {"Accept": "application/json"}}).then(function (answer) {
      return answer.json();
    }).then(function (found) {
      if (!found.working) { window.location.reload(); return; }
      if (said.textContent !== found.said) { said.textContent = found.said; }
      setTimeout(ask, 1000);
    }).catch(function () { setTimeout(ask, 4000); });
  }
  setTimeout(ask, 700);
})();
