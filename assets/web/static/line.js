"use strict";
// The line to the server. It mends itself, and takes nothing while it is broken without saying so.
// textual.js takes it for its WebSocket, and notices nothing when one breaks and another follows.
(() => {
  const Socket = window.WebSocket;
  const WAIT_MIN_MS = 250, WAIT_MAX_MS = 5000;
  const PING_MS = 4000, SILENT_MS = 8000; // radio that is gone breaks no line by itself
  const HALF_MS = 2000; // no scan pauses longer in its middle
  const ENDS = /[\r\n\t]$/, REPLY = /^\x1b\[(?:[IO]$|[?>]|\d+;\d+R)/;
  const TAKEN_OVER = 4001, ENDED = 4002, FULL = 4003, NO_SEAT = 4004, TOO_MUCH = 4005;

  class Line extends EventTarget {
    #url; #socket = null; #size = null; #wait = WAIT_MIN_MS; #timer = 0; #first = true;
    #asked = false; // a scan was sent, and nothing came back yet
    #half = 0;      // when the last part of a scan came whose end has not come
    #spoiled = false; // its beginning was not taken, so its end is not taken either
    #pinged = 0;

    constructor(url) {
      super();
      this.#url = new URL(url);
      this.#open();
      setInterval(() => this.#ping(), PING_MS);
      addEventListener("online", () => this.retry());
      document.addEventListener("visibilitychange", () => { if (!document.hidden) { this.#ping(); this.retry(); } });
      window.line = this;
    }

    get open() { return this.#socket?.readyState === Socket.OPEN; }

    send(frame) {
      const [kind, value] = JSON.parse(frame);
      if (kind === "resize") this.#size = value;
      if (kind === "stdin" && !this.#takes(value)) return;
      if (this.open) this.#socket.send(frame);
    }

    retry() {
      if (this.#socket || !this.#timer) return;
      clearTimeout(this.#timer);
      this.#open();
    }

    reopen() { // by hand, after it was closed for good
      if (this.#socket) return;
      this.#wait = WAIT_MIN_MS;
      this.#open();
    }

    #takes(typed) {
      if (REPLY.test(typed)) return this.open;
      if (this.#spoiled && Date.now() - this.#half > HALF_MS) this.#spoiled = false;
      const ends = ENDS.test(typed), key = typed.startsWith("\x1b");
      if (!key) this.#half = ends ? 0 : Date.now();
      if (this.open && !this.#spoiled) {
        this.#asked ||= ends;
        this.#tell("taken");
        return true;
      }
      if (!key) this.#spoiled = !ends;
      this.#tell("lost", { ends: ends || key });
      return false;
    }

    #open() {
      this.#timer = 0;
      if (this.#size) {
        this.#url.searchParams.set("width", this.#size.width);
        this.#url.searchParams.set("height", this.#size.height);
      }
      const socket = this.#socket = new Socket(this.#url);
      socket.binaryType = "arraybuffer";
      socket.onopen = () => this.#opened();
      socket.onmessage = (event) => this.#heard(event.data);
      socket.onclose = (event) => { if (this.#socket === socket) this.#closed(event.code); };
    }

    #opened() {
      this.#pinged = 0;
      if (this.#first) this.dispatchEvent(new Event("open"));
      else this.#show(new Uint8Array([0x1b, 0x63]).buffer); // a clean screen, whatever was on it
      this.#first = false;
      if (this.#size) this.#socket.send(JSON.stringify(["resize", this.#size]));
    }

    #heard(data) {
      if (typeof data !== "string") {
        this.#asked = false;
        this.#wait = WAIT_MIN_MS;
        this.#tell("back");
        this.#show(data);
        return;
      }
      const [kind, value] = JSON.parse(data);
      if (kind === "pong") this.#pinged = 0;
      if (kind === "kept") this.#tell("kept", { name: value });
      if (kind === "floorhand" && value !== document.body.dataset.version) location.reload();
    }

    #show(data) { this.dispatchEvent(new MessageEvent("message", { data })); }

    #closed(code) {
      this.#socket = null;
      if (code === NO_SEAT) { location.reload(); return; }
      const unsure = this.#asked;
      this.#asked = false;
      if (this.#half && Date.now() - this.#half < HALF_MS) this.#spoiled = true;
      this.#tell("away", { code, unsure });
      if (code === TAKEN_OVER || code === ENDED) return;
      this.#timer = setTimeout(() => this.#open(), this.#wait * (0.5 + Math.random()));
      this.#wait = Math.min(this.#wait * 2, WAIT_MAX_MS);
    }

    #ping() {
      if (!this.open) return;
      if (this.#pinged && Date.now() - this.#pinged > SILENT_MS) {
        const socket = this.#socket;
        this.#closed(0);
        socket.close();
        return;
      }
      this.#pinged ||= Date.now();
      this.#socket.send(JSON.stringify(["ping", String(this.#pinged)]));
    }

    #tell(name, detail = {}) { this.dispatchEvent(new CustomEvent(name, { detail })); }
  }
  Object.assign(Line, { TAKEN_OVER, ENDED, FULL, TOO_MUCH });
  window.WebSocket = Line;
  window.open = () => null; // what stands in a product's name is no link
})();
