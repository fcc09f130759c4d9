// The search of the site runs in a worker, and browsers start none for pages that are opened from a folder (file:).
// There this one takes its place: the same script, in a hidden frame.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      const started = (async () => {
        await (document.body ? null : new Promise((done) => addEventListener("DOMContentLoaded", done)));
        document.body.append(frame);
        const inside = frame.contentWindow;
        const load = (source) => new Promise((done, failed) => {
          const script = inside.document.createElement("script");
          Object.assign(script, { src: new URL(source, document.baseURI), onload: done, onerror: failed });
          inside.document.head.append(script);
        });
        inside.importScripts = (...sources) => sources.reduce((before, source) => before.then(() => load(source)), Promise.resolve());
        inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }));
        await load(url);
        return inside;
      })();
      this.postMessage = (data) => started.then((inside) => inside.dispatchEvent(new MessageEvent("message", { data })));
      this.terminate = () => frame.remove();
    }
  };
}
