// fw.images: every picture that the page shows is loaded and decoded: img, SVG image, poster, CSS images.
//   wait()     until they are, with a limit; warns of each that failed or came too late
//   painted()  every address that is painted without an <img>, with one element that shows it, and how
// CSS images are asked for a second time by an Image of our own, which the browser answers from its memory.
{
  const MOST_ELEMENTS = 20_000;
  const PROPERTIES = ["backgroundImage", "maskImage", "borderImageSource", "listStyleImage", "content"];
  const ADDRESS = /url\("((?:[^"\\]|\\.)*)"\)/g;
  /** Decoded pictures stay in memory only while somebody holds them. @type {HTMLImageElement[]} */
  const held = [];

  /** @param {Element} element */
  const painted = function* (element) {
    for (const pseudo of [null, "::before", "::after"]) {
      const style = getComputedStyle(element, pseudo);
      if (pseudo && style.content === "none") continue;
      for (const property of PROPERTIES) {
        for (const match of String(style[/** @type {any} */ (property)]).matchAll(ADDRESS)) {
          yield { address: match[1].replace(/\\(.)/g, "$1"), property };
        }
      }
    }
  };

  /** Every address that is painted without an img of its own, with one element that shows it, and how. */
  const addresses = () => {
    /** @type {Map<string, {element: Element, property: string}>} */
    const found = new Map();
    let visited = 0;
    for (const root of fw.shadows.roots()) {
      for (const element of root.querySelectorAll("*")) {
        if (++visited > MOST_ELEMENTS) return found;
        for (const { address, property } of painted(element)) found.set(address, { element, property });
        if (element instanceof HTMLVideoElement && element.poster) found.set(element.poster, { element, property: "poster" });
        if (element instanceof SVGImageElement && element.href.baseVal) {
          found.set(new URL(element.href.baseVal, element.baseURI).href, { element, property: "href" });
        }
      }
    }
    return found;
  };

  /** @param {string} address */
  const told = (address) => (address.length > 200 ? `${address.slice(0, 200)}…` : address);

  /** @param {HTMLImageElement} image */
  const load = async (image) => {
    image.loading = "eager";
    if (!image.complete) {
      await new Promise((done) => {
        image.addEventListener("load", done, { once: true });
        image.addEventListener("error", done, { once: true });
      });
    }
    if (image.naturalWidth === 0 && image.naturalHeight === 0) return false;
    // decode() also fails for pictures that are merely detached or changed meanwhile: loaded is what counts.
    await image.decode().catch(() => null);
    return true;
  };

  const wait = async () => {
    const limit = fw.config.image_timeout;
    /** @param {HTMLImageElement} image @param {string} address @param {Element} element */
    const watch = async (image, address, element) => {
      let good = null;
      await fw.waits.within(load(image).then((loaded) => { good = loaded; }), limit);
      if (good === null) {
        fw.notices.add("IMAGE_TIMEOUT", `The picture ${told(address)} did not load within ${limit} s.`, element, address);
      } else if (!good) fw.notices.add("IMAGE_FAILED", `The picture ${told(address)} could not be loaded.`, element, address);
    };
    const waiting = [];
    for (const root of fw.shadows.roots()) {
      for (const image of root.querySelectorAll("img")) {
        const address = image.currentSrc || image.src;
        if (address) waiting.push(watch(image, address, image));
      }
    }
    for (const [address, { element }] of addresses()) {
      if (address.startsWith("#")) continue;
      const image = new Image();
      image.src = address;
      held.push(image);
      waiting.push(watch(image, address, element));
    }
    await Promise.all(waiting);
  };

  fw.images = { wait, painted: addresses };
}
