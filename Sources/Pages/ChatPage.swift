extension Page {
    /// The chat of the demo: a Telegram client for three people in one window.
    ///
    /// It lives on the simulator's control routes. For tests, `data-person`, `data-chat`, `data-message`, `data-play`,
    /// `data-scoreboard`, `data-service`, `data-command`, `data-forward` mark what their names say; `#frame` is the
    /// in-app browser, `#close` closes it, `#text` and `#send` write. `#as=ID&chat=KEY` chooses person and chat.
    package static let chat = html(
        style: chatStyle,
        body: chatBody,
        scripts: chatScene,
        chatMessages,
        chatClient
    )

    private static let chatBody: StaticString = #"""
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
        <meta name="color-scheme" content="light dark">
        <title>Friday Arcade</title>
        <body>
        <aside id="list">
          <header><h1>Chats</h1><small>a simulated Telegram</small></header>
          <nav id="chats" aria-label="Chats"></nav>
        </aside>
        <main>
          <header id="head">
            <button id="back" aria-label="Chats">‹</button>
            <span id="photo" class="avatar"></span>
            <div id="names"><b id="title"></b><small id="members"></small></div>
            <div id="people" role="group" aria-label="Who you are"></div>
          </header>
          <section id="messages" aria-label="Messages" aria-live="polite"></section>
          <footer>
            <div id="offers" hidden></div>
            <div id="commands"></div>
            <form id="composer">
              <input id="text" autocomplete="off" maxlength="4096" placeholder="Message" aria-label="Message">
              <button id="send" aria-label="Send"><svg viewBox="0 0 24 24"><path d="M3 20.5 21.5 12 3 3.5 3 10l12 2-12 2z"/></svg></button>
            </form>
          </footer>
        </main>
        <div id="browser" role="dialog" aria-modal="true" aria-labelledby="page" hidden>
          <div id="window">
            <header>
              <button id="close" aria-label="Close">✕</button>
              <div><b id="page"></b><small id="address"></small></div>
              <span id="player"></span>
            </header>
            <iframe id="frame" title="Game" referrerpolicy="no-referrer" allow="autoplay"
              sandbox="allow-scripts allow-same-origin allow-popups allow-forms allow-modals allow-pointer-lock"></iframe>
          </div>
        </div>
        <div id="alert" role="alertdialog" aria-modal="true" aria-labelledby="warning" hidden>
          <div><p id="warning"></p><div id="choices"></div><button id="ok">OK</button></div>
        </div>
        <div id="toast" role="status" hidden></div>
        """#
}
