"use strict";
(() => {
  let state = { version: -1, users: [], bots: [], chats: [] };
  let person = null;
  let chatKey = null;
  let opened = null;
  const chosen = new URLSearchParams(location.hash.slice(1));
  const messages = new Messages($("messages"), { press, forward, say });

  const user = () => state.users.find((user) => user.id === person);
  const mine = () => state.chats.filter((chat) => chat.users.includes(person) && !chat.is_deleted && !chat.migrated_to);
  const chat = () => state.chats.find((chat) => chat.key === chatKey);
  const bot = () => state.bots.find((bot) => chat().key.startsWith(bot.id + ":") || chat().bots.includes(bot.id)) || state.bots[0];

  // What one sees

  function render() {
    if (!user()) person = (state.users.find((user) => String(user.id) === chosen.get("as")) || state.users[0] || {}).id ?? null;
    if (person === null) return;
    follow();
    renderPeople();
    renderList();
    renderHead();
    renderCommands();
    messages.show(chat(), person);
    history.replaceState(null, "", `#as=${person}&chat=${encodeURIComponent(chatKey)}`);
  }

  /** Keeps the open chat, through upgrades of a group and changes of the person. */
  function follow() {
    const before = chat();
    const moved = before && before.migrated_to && state.chats.find((chat) => chat.id === before.migrated_to);
    if (moved) chatKey = moved.key;
    if (mine().some((chat) => chat.key === chatKey)) return;
    const wanted = before && before.kind === "private" ? before.key.replace(/:\d+$/, ":" + person) : chosen.get("chat");
    const chats = mine();
    chatKey = (chats.find((chat) => chat.key === wanted) || chats.find((chat) => chat.kind !== "private") || chats[0]).key;
  }

  function renderPeople() {
    const text = JSON.stringify([person, state.users]);
    if ($("people").dataset.text === text) return;
    const hadFocus = $("people").contains(document.activeElement);
    $("people").dataset.text = text;
    $("people").replaceChildren(...state.users.map((someone) => make("button", {
      data: { person: someone.id }, ariaPressed: String(someone.id === person), title: "Be " + someone.name,
      onclick: () => { person = someone.id; render(); }
    }, avatar(someone.id, someone.name), make("span", { textContent: someone.name, dir: "auto" }))));
    const chosen = $("people").querySelector("[aria-pressed=true]");
    chosen.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (hadFocus) chosen.focus();
  }

  function renderList() {
    const order = { supergroup: 0, group: 1, channel: 2, private: 3 };
    const chats = mine().sort((one, other) => order[one.kind] - order[other.kind]);
    $("chats").replaceChildren(...chats.map((chat) => {
      const last = chat.messages[chat.messages.length - 1];
      const text = !last ? "No messages yet" : last.kind === "game" ? "▶ " + last.title
        : (last.kind === "text" && chat.kind !== "private" ? last.from.name + ": " : "") + last.text;
      return make("button", {
        data: { chat: chat.key }, ariaCurrent: String(chat.key === chatKey),
        onclick: () => { chatKey = chat.key; document.body.classList.remove("listing"); render(); }
      }, avatar(chat.id ?? 0, chat.title), make("div", {}, make("b", { textContent: chat.title }), make("small", { textContent: text })));
    }));
  }

  function renderHead() {
    const open = chat();
    const photo = avatar(open.id ?? 0, open.title);
    photo.id = "photo";
    $("photo").replaceWith(photo);
    $("title").textContent = open.title;
    document.title = open.title;
    $("members").textContent = open.kind === "private" ? "bot" : `${open.users.length} members, ${open.bots.length} bot${open.bots.length === 1 ? "" : "s"}`;
    $("text").placeholder = `Message as ${user().name}`;
  }

  function renderCommands() {
    const known = bot() && bot().commands.length ? bot().commands.map((entry) => "/" + entry.command) : ["/play", "/start"];
    const names = known.slice(0, 6).filter((name) => chat().kind === "private" || name !== "/start");
    const text = names.join();
    if ($("commands").dataset.names === text) return;
    $("commands").dataset.names = text;
    $("commands").replaceChildren(...names.map((name) => make("button", {
      textContent: name, data: { command: name }, onclick: () => say(name)
    })));
  }

  // What one does

  let toastTimer = null;
  function toast(text) {
    $("toast").textContent = text;
    $("toast").hidden = false;
    clearTimeout(toastTimer);
    toastTimer = setTimeout(() => { $("toast").hidden = true; }, 4000);
  }

  /** Only what lies on top can be used. */
  function settle() {
    const top = ["alert", "browser"].find((id) => !$(id).hidden);
    for (const part of document.querySelectorAll("#list, main, #browser")) part.inert = Boolean(top) && part.id !== top;
  }

  let asker = null;
  function alertWith(text, choices = []) {
    asker = document.activeElement;
    $("warning").textContent = text;
    $("choices").replaceChildren(...choices);
    $("ok").textContent = choices.length ? "Cancel" : "OK";
    $("alert").hidden = false;
    settle();
    $("ok").focus();
  }

  function dismiss() {
    $("alert").hidden = true;
    settle();
    if (asker) asker.focus();
  }

  async function press(message, data) {
    const presser = user();
    try {
      const answer = await call("presses", { chat: chatKey, message_id: message.message_id, user: presser.id, data });
      if (answer.url) open(answer.url, message, presser);
      if (answer.text) (answer.show_alert ? alertWith : toast)(answer.text);
    } catch (error) {
      toast(error.message.includes("did not answer") ? "The bot did not answer." : error.message);
    }
  }

  function open(url, message, presser) {
    if (!/^https?:/.test(url)) return;
    if (message.kind !== "game") return void window.open(url, "_blank", "noopener");
    opened = { ...message, chat: chatKey };
    $("page").textContent = message.title || chat().title;
    $("address").textContent = new URL(url).host;
    $("player").textContent = presser.name;
    $("browser").hidden = false;
    settle();
    $("frame").src = withShareLink(url, message);
    $("frame").focus();
  }

  /** Closes the game, and goes on where it was opened. */
  function close() {
    const button = opened && document.querySelector(`[data-play="${opened.message_id}"]`);
    $("browser").hidden = true;
    $("frame").src = "about:blank";
    opened = null;
    settle();
    (button || $("text")).focus();
  }

  async function say(text) {
    const command = /^(\/\w+)(.*)$/s.exec(text);
    // In a group a client says which bot it means.
    const isAddressed = command && chat().kind !== "private" && !command[2].startsWith("@") && bot();
    const written = isAddressed ? `${command[1]}@${bot().username}${command[2]}` : text;
    await call("messages", { chat: chatKey, user: person, text: written }).catch((error) => toast(error.message));
    $("messages").scrollTop = $("messages").scrollHeight;
  }

  function forward(message) {
    const from = message.chat || chatKey;
    const targets = mine().filter((chat) => chat.key !== from).map((target) => make("button", {
      textContent: target.title, data: { target: target.key },
      onclick: async () => {
        dismiss();
        try {
          await call("forwards", { chat: from, message_id: message.message_id, user: person, to: target.key });
          close();
          chatKey = target.key;
          await refresh();
        } catch (error) { toast(error.message); }
      }
    }));
    alertWith(`Forward ${message.title} to`, targets);
  }

  // Inline mode: @bot and what to look for

  let asked = 0;
  async function offer() {
    const typed = /^@(\w+)\s(.*)$/s.exec($("text").value);
    const target = typed && state.bots.find((bot) => bot.username.toLowerCase() === typed[1].toLowerCase());
    asked += 1;
    const turn = asked;
    if (!target) return void ($("offers").hidden = true);
    await new Promise((resolve) => setTimeout(resolve, 250));
    if (turn !== asked) return;
    const question = { bot: target.id, user: person, chat: chatKey, query: typed[2] };
    const answer = await call("inline-queries", question).catch(() => ({ results: [] }));
    if (turn !== asked) return;
    $("offers").hidden = answer.results.length === 0;
    $("offers").replaceChildren(...answer.results.map((result) => make("button", {
      textContent: (result.game_short_name ? "▶ " : "") + result.title, data: { result: result.id },
      onclick: async () => {
        $("offers").hidden = true;
        $("text").value = "";
        await call("inline-results", { ...question, result_id: result.id }).catch((error) => toast(error.message));
      }
    })));
  }

  // Events

  $("composer").onsubmit = (event) => {
    event.preventDefault();
    const text = $("text").value.trim();
    $("text").value = "";
    $("offers").hidden = true;
    asked += 1;
    if (text) say(text);
  };
  $("text").oninput = offer;
  $("close").onclick = close;
  $("ok").onclick = dismiss;
  $("back").onclick = () => document.body.classList.add("listing");
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    if (!$("alert").hidden) dismiss();
    else if (!$("browser").hidden) close();
  });
  // A game asks to be shared, or to be left, with a message from its frame.
  addEventListener("message", (event) => {
    if (!opened || event.source !== $("frame").contentWindow) return;
    let asks;
    try { asks = typeof event.data === "string" ? JSON.parse(event.data) : event.data; } catch { return; }
    if (asks && ["share_score", "share_game"].includes(asks.eventType)) forward(opened);
    else if (asks && asks.eventType === "web_app_close") close();
  });

  async function refresh() {
    state = await call("state");
    render();
  }

  async function watch() {
    for (;;) {
      try {
        const next = await call(`state?after=${state.version}&timeout=25`);
        const isNewer = next.version !== state.version;
        state = next;
        if (isNewer) render();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 1000));
      }
    }
  }

  refresh().catch(() => toast("The simulator cannot be reached.")).then(watch);
})();
