// Videos as sources of pictures: whoever draws one, or makes a texture of it, gets the picture of the clock's time.
// The browser has none, since it loads nothing.
//   fw.mediaDraws.source(thing)   for a video of ours a canvas of its natural size, empty as long as there is no picture; else
//                                 what was given
{
  const { natives } = fw;
  /** @type {WeakMap<FwMediaRecord, HTMLCanvasElement>} */
  const whole = new WeakMap();

  /** @param {any} thing @returns {FwMediaRecord | null} */
  const video = (thing) => {
    const record = thing instanceof HTMLMediaElement || thing?.localName === "video" ? fw.mediaRecords.of(thing) : null;
    if (record?.kind !== "video") return null;
    fw.pictures.want(record.element, { natural: true });
    return record;
  };

  /** @param {FwMediaRecord} record */
  const size = (record) => record.facts?.video ?? { width: 0, height: 0 };

  /** @param {FwMediaRecord} record @returns {HTMLCanvasElement} */
  const natural = (record) => {
    const { width, height } = size(record);
    const picture = fw.pictures.of(record.element);
    if (picture && picture.width === width && picture.height === height) return picture.canvas;
    const canvas = whole.get(record) ?? /** @type {HTMLCanvasElement} */ (natives.createElement(document, "canvas"));
    whole.set(record, canvas);
    [canvas.width, canvas.height] = [Math.max(1, width), Math.max(1, height)];
    if (picture) natives.drawImage(natives.getContext(canvas, "2d"), picture.canvas, 0, 0, width, height);
    return canvas;
  };

  /** @param {any} thing */
  const source = (thing) => {
    const record = video(thing);
    return record ? natural(record) : thing;
  };

  /** @param {any} owner @param {string} name @param {(own: Function, self: any, given: any[]) => any} act */
  const replace = (owner, name, act) => {
    const own = owner?.[name];
    if (typeof own !== "function") return;
    // A proxy keeps name and length as they are.
    const value = new Proxy(own, { apply: (target, self, given) => act(target, self, given) });
    Object.defineProperty(owner, name, { value, configurable: true, writable: true, enumerable: true });
  };

  /** @param {Function} own @param {any} self @param {any[]} given */
  const drawImage = (own, self, given) => {
    const record = video(given[0]);
    if (!record) return Reflect.apply(own, self, given);
    const { width, height } = size(record);
    const picture = fw.pictures.of(record.element);
    if (!picture || width === 0) return undefined; // as with one that has not been loaded
    const [, ...numbers] = given;
    if (numbers.length < 4) return Reflect.apply(own, self, [picture.canvas, numbers[0], numbers[1], width, height]);
    if (numbers.length < 8) return Reflect.apply(own, self, [picture.canvas, ...numbers]);
    const [across, down] = [picture.width / width, picture.height / height];
    const [x, y, w, h, ...place] = numbers;
    return Reflect.apply(own, self, [picture.canvas, x * across, y * down, w * across, h * down, ...place]);
  };

  /** The source is the first. @param {Function} own @param {any} self @param {any[]} given */
  const first = (own, self, given) => Reflect.apply(own, self, [source(given[0]), ...given.slice(1)]);
  /** The source is the last. @param {Function} own @param {any} self @param {any[]} given */
  const last = (own, self, given) => Reflect.apply(own, self, [...given.slice(0, -1), source(given.at(-1))]);

  const painters = ["CanvasRenderingContext2D", "OffscreenCanvasRenderingContext2D"];
  const textures = ["WebGLRenderingContext", "WebGL2RenderingContext"];
  /** @type {any} */
  const view = window;
  for (const name of painters) {
    replace(view[name]?.prototype, "drawImage", drawImage);
    replace(view[name]?.prototype, "createPattern", first);
  }
  for (const name of textures) {
    for (const call of ["texImage2D", "texSubImage2D", "texImage3D", "texSubImage3D"]) replace(view[name]?.prototype, call, last);
  }
  /** @param {Function} own @param {any} self @param {any[]} given */
  const copy = (own, self, [told, ...others]) => Reflect.apply(own, self, [told && { ...told, source: source(told.source) }, ...others]);
  replace(view.GPUQueue?.prototype, "copyExternalImageToTexture", copy);
  replace(view.GPUDevice?.prototype, "importExternalTexture", (own, self, [told]) => {
    const record = video(told?.source);
    if (!record) return Reflect.apply(own, self, [told]);
    const frame = new natives.VideoFrame(natural(record), { timestamp: 0 });
    // It is good for the task in which it was imported, as with a video.
    natives.setTimeout(() => frame.close());
    return Reflect.apply(own, self, [{ ...told, source: frame }]);
  });

  replace(window, "createImageBitmap", (own, self, given) => {
    fw.pictures.draws();
    const record = video(given[0]);
    if (!record) return Reflect.apply(own, self, given);
    const drawn = async () => {
      const late = fw.pictures.refresh(record);
      if (late) await late;
      return Reflect.apply(own, self, [natural(record), ...given.slice(1)]);
    };
    const bitmap = drawn();
    fw.mediaRecords.work(bitmap.catch(() => null));
    return bitmap;
  });

  if (view.VideoFrame) {
    view.VideoFrame = new Proxy(view.VideoFrame, {
      construct(target, given, newTarget) {
        fw.pictures.draws();
        const record = video(given[0]);
        if (!record) return Reflect.construct(target, given, newTarget);
        const timestamp = Math.round(record.positionAt(fw.time.now / 1000) * 1e6);
        return Reflect.construct(target, [natural(record), { timestamp, ...given[1] }], newTarget);
      },
    });
  }

  for (const name of ["HTMLCanvasElement", "OffscreenCanvas"]) {
    replace(view[name]?.prototype, "getContext", (own, self, given) => {
      fw.pictures.draws();
      return Reflect.apply(own, self, given);
    });
  }

  fw.mediaDraws = { source };
}
