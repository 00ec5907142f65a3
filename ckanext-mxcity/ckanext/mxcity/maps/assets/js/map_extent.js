/* Draws the extent of a dataset when it is seen: in a closed fold it would have no size. The figures are in the page's text too. */
(function () {
  'use strict';
  function draw(element) {
    var made = window.mxcityMaps.create(element, element.dataset.city, element.dataset.cityName);
    var shape;
    try {
      shape = L.geoJSON(JSON.parse(element.dataset.mxcityExtent), {
        style: { className: 'mx-map__shape', weight: 2 },
        pointToLayer: function (feature, place) { return L.circleMarker(place, { radius: 7, className: 'mx-map__shape' }); },
        interactive: false
      }).addTo(made.map);
    } catch (error) {
      element.hidden = true;
      return;
    }
    window.mxcityMaps.fit(made.map, made.city ? shape.getBounds().extend(made.city) : shape.getBounds());
  }

  document.querySelectorAll('[data-mxcity-extent]').forEach(function (element) {
    new IntersectionObserver(function (entries, observer) {
      if (entries.some(function (entry) { return entry.isIntersecting; })) { observer.disconnect(); draw(element); }
    }, { rootMargin: '120px' }).observe(element);
  });
})();
