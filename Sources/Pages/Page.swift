/// A page or script that is part of the program: complete in itself, with nothing to load from elsewhere.
package struct Page: Sendable {
    /// The value of `Content-Type`.
    package let contentType: String
    /// The text in UTF-8, as it is sent.
    package let bytes: [UInt8]

    /// The chat of the demo: a Telegram client for three people in one window.
    ///
    /// It lives on the simulator's control routes. For tests, `data-person`, `data-chat`, `data-message`, `data-play`,
    /// `data-scoreboard`, `data-service`, `data-command`, `data-forward` mark what their names say; `#frame` is the
    /// in-app browser, `#close` closes it, `#text` and `#send` write. `#as=ID&chat=KEY` chooses person and chat.
    package static let chat = Page(
        html: PackageResources.chat_html,
        [
            "chat.css": PackageResources.chat_css, "chat-scene.js": PackageResources.chat_scene_js,
            "chat-messages.js": PackageResources.chat_messages_js, "chat.js": PackageResources.chat_js,
        ]
    )

    /// The game of the demo, Comet Catch.
    ///
    /// It takes the script from its own origin. Query of its address: `api`, the base URL of the service (its own
    /// origin by default); for tests `seed`, which decides what falls where, and `seconds`, the length of a round
    /// (5 to 60, 45 by default). `body[data-state]` is `loading`, `ready`, `starting`, `playing`, `saving`, `done` or
    /// `stopped`, `#game[data-score]` the points so far.
    package static let game = Page(
        html: PackageResources.game_html,
        [
            "game.css": PackageResources.game_css, "game-world.js": PackageResources.game_world_js,
            "game-drawing.js": PackageResources.game_drawing_js, "game.js": PackageResources.game_js,
        ]
    )

    /// The ready-made leaderboard: a launch or run token in the fragment, as `#hs=…`, says whose chat and game it shows,
    /// or `game=BOT/SHORT_NAME` in its query names a public one.
    ///
    /// It asks the service that it came from. Query: `scope`, `window`, `board`, `theme` (light, dark), `lang`, and
    /// `screen` for a screen in a hall. `#board`, `#scope`, `#window`, `#earlier`, `#later`, `#around` are its controls,
    /// `data-rank` marks the rows. The page follows while it is visible, a screen always. What stands in double braces is
    /// for the server to fill in, as in the two pages below.
    package static let leaderboard = Page(
        html: PackageResources.leaderboard_html,
        [
            "leaderboard.css": PackageResources.leaderboard_css,
            "leaderboard-text.js": PackageResources.leaderboard_text_js,
            "leaderboard.js": PackageResources.leaderboard_js,
        ]
    )

    /// What the service says of itself to those who open its address: `status` and `state` are how it is.
    package static let home = Page(
        html: PackageResources.home_html,
        ["plain.css": PackageResources.plain_css]
    )

    /// The explanation of a problem: `headline` and `advice` are for players, `title`, `code`, `status` and `explanation`
    /// for developers.
    package static let problem = Page(
        html: PackageResources.problem_html,
        ["plain.css": PackageResources.plain_css]
    )

    /// The icon of all pages, which they name as `icon.svg`.
    package static let icon = Page(contentType: "image/svg+xml", bytes: PackageResources.icon_svg)

    init(contentType: String, bytes: [UInt8]) {
        self.contentType = contentType
        self.bytes = bytes
    }

    /// A page with the style sheets and scripts that lie beside it written where it names them.
    private init(html: [UInt8], _ files: [String: [UInt8]]) {
        var text = String(decoding: html, as: UTF8.self)
        for (name, bytes) in files {
            let file = "\n\(String(decoding: bytes, as: UTF8.self))"
            text.replace(#"<link rel="stylesheet" href="\#(name)">"#, with: "<style>\(file)</style>")
            text.replace(#"<script src="\#(name)"></script>"#, with: "<script>\(file)</script>")
        }
        self.init(contentType: "text/html; charset=utf-8", bytes: Array(text.utf8))
    }
}
