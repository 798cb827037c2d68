// fw.screenBoxes: how many pixels of a video are looked at, so that no more are read than that.
//   of(element, natural)  {width, height}: at most the natural size, in its ratio; null when nothing of it is seen
// The answer follows from the page as it stands, never from frames before. A video that only lies in the layout is asked
// for in its exact size; one that is transformed in steps, or a slow zoom would have it scaled anew in every frame.
{
  const { natives } = fw;
  const SEEN = { opacityProperty: true, visibilityProperty: true };
  // Two sides that are whole and even come near enough to the ratio of a source within a few tries.
  const NEAR = 0.04;
  const NEARLY = 1e-3;
  const SIDES = ["Left", "Right", "Top", "Bottom"];

  /** A transformation, as a scale that changes seldom. @param {number} scale */
  const step = (scale) => (Math.abs(scale - 1) < NEARLY ? 1 : 2 ** (Math.ceil(2 * Math.log2(scale) - NEARLY) / 2));

  /** How much larger it is seen than it is laid out. @param {Element} element @param {number} width @param {number} height */
  const magnified = (element, width, height) => {
    const seen = natives.rectangle(element);
    return width > 0 && height > 0 ? Math.max(seen.width / width, seen.height / height) : 0;
  };

  /** The frames that it is in may be magnified too. */
  const aroundScale = () => {
    let scale = 1;
    for (let at = fw; at.above; at = at.above) {
      const frame = /** @type {HTMLElement | null} */ (at.view.frameElement);
      if (frame) scale *= magnified(frame, frame.offsetWidth, frame.offsetHeight);
    }
    return scale;
  };

  /** @param {CSSStyleDeclaration} style @param {string[]} sides */
  const around = (style, sides) =>
    sides.reduce((sum, side) => sum + parseFloat(/** @type {any} */ (style)[`padding${side}`]) + parseFloat(/** @type {any} */ (style)[`border${side}Width`]), 0);

  /** What its picture is scaled by. @param {CSSStyleDeclaration} style @param {number} across @param {number} down */
  const fitted = ({ objectFit }, across, down) => {
    if (objectFit === "none") return 1;
    return objectFit === "contain" || objectFit === "scale-down" ? Math.min(across, down) : Math.max(across, down);
  };

  /** @param {{width: number, height: number}} natural @param {number} scale */
  const sized = (natural, scale) => {
    const ratio = natural.height / natural.width;
    for (let width = 2 * Math.ceil((natural.width * scale) / 2 - NEARLY); width < natural.width; width += 2) {
      const height = 2 * Math.round((width * ratio) / 2);
      if (Math.abs(height - width * ratio) <= NEAR) return { width, height };
    }
    return natural;
  };

  /** @param {Element} element @param {{width: number, height: number}} natural */
  const of = (element, natural) => {
    if (!natives.checkVisibility(element, SEEN)) return null;
    const style = natives.getComputedStyle(element);
    const [across, down] = [around(style, SIDES.slice(0, 2)), around(style, SIDES.slice(2))];
    const [width, height] = [parseFloat(style.width), parseFloat(style.height)];
    const isWhole = style.boxSizing === "border-box";
    const inner = isWhole ? [width - across, height - down] : [width, height];
    if (!(inner[0] > 0 && inner[1] > 0)) return null;
    if (style.imageRendering !== "auto" || style.getPropertyValue("object-view-box") !== "none") return natural;
    const scale = fitted(style, inner[0] / natural.width, inner[1] / natural.height);
    const outer = isWhole ? [width, height] : [width + across, height + down];
    const seen = step(magnified(element, outer[0], outer[1]) * aroundScale()) * fw.view.devicePixelRatio;
    return scale * seen < 1 ? sized(natural, scale * seen) : natural;
  };

  fw.screenBoxes = { of };
}
