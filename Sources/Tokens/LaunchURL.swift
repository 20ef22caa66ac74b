/// The address that a player's client opens for one launch.
package enum LaunchURL {
    /// Adds `hs=<token>` to the fragment of a game's URL, which may have one.
    ///
    /// A fragment reaches no server log and no referrer. Telegram's clients append their own `tgShareScoreUrl` to it:
    /// after `&` when it holds `=` or `?`, after `?` when it holds anything else (Bot games documentation); the token
    /// is added by the same rule so that both can be read.
    package static func adding(token: String, to url: String) -> String {
        let separator = separator(after: url)
        var result = ""
        result.reserveCapacity(url.utf8.count + separator.utf8.count + token.utf8.count)
        result += url
        result += separator
        result += token
        return result
    }

    private static func separator(after url: String) -> String {
        guard let hash = url.utf8.firstIndex(of: UInt8(ascii: "#")) else { return "#hs=" }
        let fragment = url.utf8[url.utf8.index(after: hash)...]
        if fragment.isEmpty { return "hs=" }
        return fragment.contains { $0 == UInt8(ascii: "=") || $0 == UInt8(ascii: "?") } ? "&hs=" : "?hs="
    }
}
