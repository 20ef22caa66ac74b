"use strict";
const clock = (time) => new Date(time).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

/** The text with its commands as links. */
function lettered(text, onCommand) {
  const parts = text.split(/(?<=^|\s)(\/[A-Za-z0-9_]{1,32}(?:@\w+)?)/);
  return parts.map((part, index) => index % 2
    ? make("button", { className: "command", textContent: part, onclick: () => onCommand(part) }) : part);
}

/** The messages of one chat for one person. `act` does what the buttons ask for. */
class Messages {
  constructor(place, act) {
    this.place = place;
    this.act = act;
    this.shown = new Map();
    this.key = null;
  }

  show(chat, person) {
    const isNew = this.key !== chat.key + "/" + person;
    const isAtEnd = this.place.scrollHeight - this.place.scrollTop - this.place.clientHeight < 80;
    if (isNew) {
      this.place.replaceChildren();
      this.shown.clear();
      this.key = chat.key + "/" + person;
    }
    const wanted = new Set(chat.messages.map((message) => message.message_id));
    for (const [id, entry] of this.shown) {
      if (wanted.has(id)) continue;
      entry.element.remove();
      this.shown.delete(id);
    }
    for (const message of chat.messages) this.put(message, chat, person, isNew);
    if (isNew || isAtEnd) this.place.scrollTop = this.place.scrollHeight;
  }

  put(message, chat, person, isNew) {
    const text = JSON.stringify(message);
    const before = this.shown.get(message.message_id);
    if (before && before.text === text) return;
    if (before && message.kind === "game") {
      this.rescore(before.element, message);
    } else {
      const element = this.element(message, chat, person);
      if (before) before.element.replaceWith(element);
      else this.place.append(element);
      this.shown.set(message.message_id, { element, text });
      return;
    }
    before.text = text;
  }

  /** Only the scoreboard of a game's message changes; its button may be waiting meanwhile. */
  rescore(element, message) {
    const board = element.querySelector("[data-scoreboard]");
    if (board.textContent === (message.scoreboard || "")) return;
    board.textContent = message.scoreboard || "";
    board.hidden = !message.scoreboard;
    board.classList.remove("fresh");
    void board.offsetWidth;
    board.classList.add("fresh");
  }

  element(message, chat, person) {
    const data = { message: message.message_id };
    if (message.kind === "service") {
      return make("div", { className: "service", textContent: message.text, data: { ...data, service: "" } });
    }
    const isMine = message.from.kind === "user" && message.from.id === person;
    const row = make("div", { className: `row ${isMine ? "mine" : ""} ${message.kind}`, data });
    if (!isMine && chat.kind !== "private") row.append(avatar(message.from.id, message.from.name));
    const column = make("div", {}, this.bubble(message, chat, isMine));
    for (const line of message.buttons || []) {
      column.append(make("div", { className: "keys" }, ...line.map((button) => this.button(message, button))));
    }
    row.append(column);
    if (message.kind === "game") {
      row.append(make("button", { className: "forward", textContent: "↪", title: "Forward to another chat",
        ariaLabel: "Forward", data: { forward: message.message_id }, onclick: () => this.act.forward(message) }));
    }
    return row;
  }

  bubble(message, chat, isMine) {
    const bubble = make("div", { className: "bubble" });
    const via = message.via_bot ? make("em", { textContent: "via @" + message.via_bot }) : null;
    const isNamed = !isMine && chat.kind !== "private";
    if (isNamed || via) {
      const who = make("div", { className: "who", dir: "auto" }, isNamed ? message.from.name : null, via);
      who.style.setProperty("--name", NAMES[shade(message.from.id)]);
      bubble.append(who);
    }
    if (message.forwarded) bubble.append(make("small", { textContent: "Forwarded game" }));
    if (message.kind === "game") {
      bubble.append(
        scene(message.title),
        make("div", { className: "info" }, make("b", { textContent: message.title }), make("p", { textContent: message.description })),
        make("div", { className: "scores", textContent: message.scoreboard || "", hidden: !message.scoreboard, data: { scoreboard: "" } })
      );
    } else {
      bubble.append(make("span", { dir: "auto" }, ...lettered(message.text, this.act.say)));
    }
    bubble.append(make("time", { textContent: clock(message.date) }));
    return bubble;
  }

  button(message, button) {
    const element = make("button", { textContent: button.text });
    if (button.kind === "game") element.dataset.play = message.message_id;
    element.onclick = async () => {
      if (element.ariaBusy === "true") return;
      if (button.kind === "url") return void window.open(button.url, "_blank", "noopener");
      element.ariaBusy = "true";
      try {
        await this.act.press(message, button.kind === "data" ? button.data : undefined);
      } finally {
        element.ariaBusy = "false";
      }
    };
    return element;
  }
}
