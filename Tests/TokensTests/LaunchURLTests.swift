import Leaderboards
import Testing
import Tokens

/// The launch token goes where Telegram's clients and the page both find it.
struct LaunchURLTests {
    @Test(arguments: [
        ("https://games.example/t", "https://games.example/t#hs=T"),
        ("https://games.example/t?lang=en", "https://games.example/t?lang=en#hs=T"),
        ("https://games.example/t?q=a#", "https://games.example/t?q=a#hs=T"),
        ("https://games.example/t#level=2", "https://games.example/t#level=2&hs=T"),
        ("https://games.example/t#/play?level=2", "https://games.example/t#/play?level=2&hs=T"),
        ("https://games.example/t#play?", "https://games.example/t#play?&hs=T"),
        ("https://games.example/t#/play", "https://games.example/t#/play?hs=T"),
        ("https://games.example/t?a=b#play", "https://games.example/t?a=b#play?hs=T"),
        ("https://games.example/t#a#b=c", "https://games.example/t#a#b=c&hs=T"),
    ])
    func `the token is added to the fragment`(url: String, expected: String) {
        #expect(LaunchURL.adding(token: "T", to: url) == expected)
    }
}
