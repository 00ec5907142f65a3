/* Ask every second whether the worker is done, and show the page then. */
(function () {
  "use strict";
  var box = document.querySelector("[data-mx-wait]");
  if (!box) { return; }
  function ask() {
    fetch(box.dataset.mxWait, {headers: {"Accept": "application/json"}}).then(function (answer) {
      return answer.json();
    }).then(function (found) {
      if (found.working) { setTimeout(ask, 1000); } else { window.location.reload(); }
    }).catch(function () { setTimeout(ask, 4000); });
  }
  setTimeout(ask, 700);
})();
