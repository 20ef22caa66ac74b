/// The address that a player's client opens for one launch.
package enum LaunchURL {
    /// Adds a launch token to the fragment of a game's URL.
    ///
    /// A fragment reaches no server log and no referrer. Telegram's clients append their own `tgShareScoreUrl` to it:
    /// after `&` when it holds `=` or `?`, after `?` when it holds anything else (Bot games documentation); the token
    /// is added by the same rule so that both can be read.
    ///
    /// - Parameters:
    ///   - token: The launch token.
    ///   - url: The game's URL, with or without a fragment.
    /// - Returns: The URL with `hs=<token>` in its fragment.
    package static func adding(token: String, to url: String) -> String {
        guard let hash = url.firstIndex(of: "#") else { return "\(url)#hs=\(token)" }
        let fragment = url[url.index(after: hash)...]
        if fragment.isEmpty { return "\(url)hs=\(token)" }
        return fragment.contains(where: { $0 == "=" || $0 == "?" })
            ? "\(url)&hs=\(token)" : "\(url)?hs=\(token)"
    }
}
