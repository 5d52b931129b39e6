(x, y) => {
  let found = document.elementFromPoint(x, y);
  for (;;) {
    const inner = found?.shadowRoot?.elementFromPoint(x, y);
    if (!inner || inner === found) break;
    found = inner;
  }
  while (found) {
    const near = found.closest('[id]:not([id=""])');
    if (near) return near.id;
    found = found.getRootNode().host;
  }
  return null;
}
