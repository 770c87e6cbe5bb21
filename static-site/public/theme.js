// Before the first paint, so that nobody sees the other theme flash. A file, not inline, for a strict CSP.
(function () {
  var choice = localStorage.getItem('trajectory.theme');
  var light =
    choice === 'light' || (choice !== 'dark' && matchMedia('(prefers-color-scheme: light)').matches);
  document.documentElement.dataset.theme = light ? 'light' : 'dark';
})();
