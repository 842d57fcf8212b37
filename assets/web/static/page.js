"use strict";
// Everything around the terminal: focus, sound, what is said while the server is away, keys to tap.
(() => {
  const start = window.onload;
  window.onload = null; // the terminal measures its letters when it starts: their font comes first
  const KEYS = [["⌫", "\x7f"], ["⏎", "\r"], ["Esc", "\x1b"],
    ...["OP", "OQ", "OR", "OS", "[15~", "[17~", "[18~", "[19~", "[20~", "[21~", "[23~", "[24~"]
      .map((code, n) => [`F${n + 1}`, `\x1b${code}`]),
    ["PgUp", "\x1b[5~"], ["PgDn", "\x1b[6~"]];

  addEventListener("load", async () => {
    const faces = ['16px "Roboto Mono"', 'bold 16px "Roboto Mono"', 'italic 16px "Roboto Mono"'];
    await Promise.allSettled(faces.map((face) => document.fonts.load(face)));
    start();
    const line = window.line;
    keepFocus();
    tellAway(line);
    listen(line);
    layKeys(line);
    line.addEventListener("kept", ({ detail }) => save(detail.name));
  });

  async function save(name) { // a table that the terminal has kept as a file
    const answer = await fetch(`/kept/${encodeURIComponent(name)}`, { method: "POST" });
    if (!answer.ok) return; // another page of this browser has it
    const link = document.createElement("a");
    link.href = URL.createObjectURL(await answer.blob());
    link.download = name;
    link.click();
    URL.revokeObjectURL(link.href);
  }

  const field = () => document.querySelector(".xterm-helper-textarea");

  function keepFocus() {
    field().inputMode = "none"; // a scanner types by itself: no keyboard over the screen
    const focus = () => field().focus({ preventScroll: true });
    focus();
    for (const name of ["focus", "pageshow", "click", "touchend"]) addEventListener(name, focus);
    document.addEventListener("visibilitychange", focus);
    field().addEventListener("blur", () => setTimeout(focus));
  }

  function tellAway(line) {
    const away = document.getElementById("away"), why = document.getElementById("why");
    const lost = document.getElementById("lost"), here = document.getElementById("here");
    const words = document.body.dataset;
    let broken = false, scans = 0, unsure = false;
    const show = () => {
      const told = [];
      if (scans) told.push(`${words.notTaken} ${scans} ×`);
      if (unsure) told.push(words.look);
      lost.textContent = told.join(" ");
      away.hidden = !(broken || told.length);
      document.body.classList.toggle("-away", broken);
    };
    const say = (code) => {
      const { TAKEN_OVER, ENDED, FULL, TOO_MUCH } = window.WebSocket;
      const said = { [TAKEN_OVER]: words.elsewhere, [ENDED]: words.ended, [FULL]: words.full,
        [TOO_MUCH]: words.tooMuch };
      why.textContent = said[code] ?? words.waits;
      here.hidden = code !== TAKEN_OVER && code !== ENDED;
      here.textContent = code === ENDED ? here.dataset.again : here.dataset.here;
    };
    line.addEventListener("away", ({ detail }) => {
      if (!broken) { say(detail.code); unsure ||= detail.unsure; }
      else if (detail.code >= 4000) say(detail.code);
      broken = true;
      show();
    });
    line.addEventListener("back", () => {
      if (!broken) return;
      broken = false;
      why.textContent = "";
      here.hidden = true;
      show();
    });
    line.addEventListener("lost", ({ detail }) => {
      if (detail.ends) { scans += 1; beep(LOW, 0, 0.4); }
      show();
    });
    line.addEventListener("taken", () => { // somebody goes on, and has seen what was said
      if (broken || !(scans || unsure)) return;
      scans = 0;
      unsure = false;
      show();
    });
    here.addEventListener("click", () => line.reopen());
  }

  // --- sound: one, two and three bells are a question, a refusal, and finished work

  const MIDDLE = 660, LOW = 220, HIGH = 990;
  const SOON_MS = 350, LATER_MS = 900; // a second bell so soon is a refusal's, later that of finished work
  let audio = null;

  function beep(pitch, after = 0, length = 0.12) {
    try {
      audio ??= new AudioContext();
      if (audio.state === "suspended") audio.resume();
      const tone = audio.createOscillator(), loud = audio.createGain();
      const from = audio.currentTime + after;
      tone.frequency.value = pitch;
      tone.type = "square";
      loud.gain.setValueAtTime(0.2, from);
      loud.gain.exponentialRampToValueAtTime(0.001, from + length);
      tone.connect(loud).connect(audio.destination);
      tone.start(from);
      tone.stop(from + length);
    } catch { /* a browser without sound still shows it */ }
    navigator.vibrate?.(pitch === LOW ? [120, 60, 120] : 60);
    (window.beeps ??= []).push(pitch);
  }

  function listen(line) {
    let last = -Infinity, pitch = MIDDLE, command = "", escaped = false;
    const ring = () => {
      const since = performance.now() - last;
      last += since;
      if (since > LATER_MS) pitch = MIDDLE;
      else if (pitch === MIDDLE) pitch = since < SOON_MS ? LOW : HIGH;
      beep(pitch);
    };
    // A bell ends commands to the terminal (OSC, DCS and their like) as well: those are silent.
    line.addEventListener("message", ({ data }) => {
      for (const byte of new Uint8Array(data)) {
        if (escaped) {
          escaped = false;
          command = command ? "" : [0x5d, 0x50, 0x58, 0x5e, 0x5f].includes(byte) ? "inside" : "";
        } else if (byte === 0x1b) escaped = true;
        else if (byte === 7) { if (!command) ring(); command = ""; }
      }
    });
  }

  // --- keys to tap, where there are none to press

  function layKeys(line) {
    const keys = document.getElementById("keys");
    const add = (label, press) => {
      const key = document.createElement("button");
      key.type = "button";
      key.textContent = label;
      key.addEventListener("click", () => press(key));
      keys.append(key);
    };
    add("⌨", (key) => {
      const shown = field().inputMode === "none";
      field().inputMode = shown ? "text" : "none";
      key.setAttribute("aria-pressed", shown);
      field().blur();
    });
    for (const [label, typed] of KEYS)
      add(label, () => line.send(JSON.stringify(["stdin", typed])));
  }
})();
