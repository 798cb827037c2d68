// Sound that scripts make by WebAudio, or have spoken, is not in the video: this says so, once a source is begun.
{
  const UNHEARD = "A script makes sound by WebAudio, which is not recorded: play a file with an <audio> element instead.";
  const ROUTED = "A script leads this sound through WebAudio: it is heard as it is in its file, without the effects.";
  const SPOKEN = "A script has text spoken, which is not recorded: play a file with an <audio> element instead.";

  /** @param {any} type @param {string} name @param {(self: any, args: any[]) => void} tell */
  const watch = (type, name, tell) => {
    const own = type?.prototype && Object.getOwnPropertyDescriptor(type.prototype, name)?.value;
    if (typeof own !== "function") return;
    const watched = new Proxy(own, {
      apply(target, self, args) {
        tell(self, args);
        return Reflect.apply(target, self, args);
      },
    });
    Object.defineProperty(type.prototype, name, { value: watched, configurable: true, writable: true, enumerable: true });
  };

  const { AudioScheduledSourceNode, AudioBufferSourceNode, OfflineAudioContext, AudioContext, SpeechSynthesis } = /** @type {any} */ (window);
  /** @param {any} self */
  const begun = (self) => {
    const isOffline = OfflineAudioContext && self?.context instanceof OfflineAudioContext;
    if (!isOffline) fw.root.notices.add("WEB_AUDIO_UNHEARD", UNHEARD);
  };
  for (const type of [AudioScheduledSourceNode, AudioBufferSourceNode]) watch(type, "start", begun);
  watch(AudioContext, "createMediaElementSource", (_, [element]) => {
    fw.root.notices.add("WEB_AUDIO_ROUTED", ROUTED, element instanceof Element ? element : null);
  });
  watch(SpeechSynthesis, "speak", () => fw.root.notices.add("SPEECH_UNHEARD", SPOKEN));
}
