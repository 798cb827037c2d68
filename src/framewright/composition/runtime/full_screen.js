// The browser is started without full screen, in every document, so that each wish for it fails as in a browser that may
// not: document.fullscreenEnabled is false, the promise is rejected, and fullscreenerror is sent. This says so.
{
  const REFUSED = "A script asked for full screen, which was refused: the page is as large as its video.";
  const WISHES = ["requestFullscreen", "webkitRequestFullscreen", "webkitRequestFullScreen", "webkitEnterFullscreen", "webkitEnterFullScreen"];

  for (const { prototype } of [Element, HTMLVideoElement]) {
    for (const name of WISHES) {
      const own = Object.getOwnPropertyDescriptor(prototype, name)?.value;
      if (typeof own !== "function") continue;
      const watched = new Proxy(own, {
        apply(target, self, args) {
          fw.root.notices.add("FULL_SCREEN_REFUSED", REFUSED, self instanceof Element ? self : null);
          return Reflect.apply(target, self, args);
        },
      });
      Object.defineProperty(prototype, name, { value: watched, configurable: true, writable: true, enumerable: true });
    }
  }
}
