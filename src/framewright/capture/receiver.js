// Reads the tab as raw frames and writes each into a ring of slots in a file that the renderer's host maps.
// Runs in an isolated world of the page, so that nothing the page has patched is used here and nothing of this is
// visible to it. `settings` = {width, height, slots, slotBytes, notes}; resolves once frames are being read.
async (settings) => {
  const stream = await navigator.mediaDevices.getDisplayMedia({
    preferCurrentTab: true,
    audio: false,
    // 'exact' is refused here, so every frame's size is checked where it arrives. A frame rate of 30 or 60 would
    // make the capturer skip draws that follow each other fast.
    video: { frameRate: { ideal: 1000 }, width: settings.width, height: settings.height },
  });
  const [track] = stream.getVideoTracks();
  const { readable } = new MediaStreamTrackProcessor({ track, maxBufferSize: 8 });
  const work = async ({ data: { readable, settings } }) => {
    try {
      const bucket = await navigator.storageBuckets.open(settings.bucket);
      const folder = await bucket.getDirectory();
      const file = await folder.getFileHandle('frames', { create: true });
      const ring = await file.createSyncAccessHandle();
      ring.truncate(settings.slots * settings.slotBytes);
      const notes = new WebSocket(settings.notes);
      notes.binaryType = 'arraybuffer';
      await new Promise((open, fail) => { notes.onopen = open; notes.onerror = fail; });
      const reader = readable.getReader();
      const buffer = new Uint8Array(settings.slotBytes);
      const note = new Uint32Array(4);
      postMessage('ready');
      for (let count = 0; ; count++) {
        const { value: frame, done } = await reader.read();
        if (done) break;
        const { codedWidth, codedHeight, format } = frame;
        const { x, y, width, height } = frame.visibleRect;
        const fits = format === 'I420' && x === 0 && y === 0 && width === settings.width && height === settings.height;
        if (fits) {
          // Tightly packed planes, whatever stride the browser keeps.
          const half = (width + 1) >> 1, rows = (height + 1) >> 1;
          const layout = [
            { offset: 0, stride: width },
            { offset: width * height, stride: half },
            { offset: width * height + half * rows, stride: half },
          ];
          await frame.copyTo(buffer, { layout });
          ring.write(buffer, { at: (count % settings.slots) * settings.slotBytes });
        }
        frame.close();
        note[0] = count;
        note[1] = fits ? 1 : 0;
        note[2] = codedWidth;
        note[3] = codedHeight;
        notes.send(note);
      }
    } catch (error) {
      postMessage(String(error && error.stack || error));
    }
  };
  const code = URL.createObjectURL(new Blob([`onmessage = ${work}`], { type: 'text/javascript' }));
  const worker = new Worker(code);
  URL.revokeObjectURL(code);
  const word = new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data === 'ready' ? resolve() : reject(new Error(data)));
    worker.onerror = (event) => reject(new Error(event.message || 'the worker failed to start'));
  });
  worker.postMessage({ readable, settings }, [readable]);
  await word;
}
