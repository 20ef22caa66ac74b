import Web

extension SettingsReader {
    /// How many streams a player and an address may hold, and which proxies say where streams go.
    func streams(default limits: StreamLimits) throws(SettingsError) -> StreamLimits {
        var limits = limits
        let variable = "HIGHSCORES_STREAMS"
        if let text = values[variable] {
            let numbers = text.split(separator: " ").map { Int($0) }
            guard numbers.count == 2, let player = numbers[0], let address = numbers[1],
                (1...1_000_000).contains(player), (1...1_000_000).contains(address)
            else {
                throw SettingsError(
                    variable,
                    "takes two whole numbers from 1 to 1000000: streams of one player, and of one address",
                    example: "'64 1024'"
                )
            }
            (limits.perPlayer, limits.perAddress) = (player, address)
        }
        limits.trustedProxies = try trustedProxies()
        return limits
    }

    private func trustedProxies() throws(SettingsError) -> [IPNetwork] {
        let variable = "HIGHSCORES_TRUSTED_PROXIES"
        guard let text = values[variable] else { return [] }
        var networks: [IPNetwork] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false).map(\.trimmingSpaces) {
            guard let network = IPNetwork(part) else {
                throw SettingsError(
                    variable,
                    "holds \(part.quotedForError), which is neither an address nor a network",
                    example: "127.0.0.1,10.0.0.0/8,2001:db8::/32"
                )
            }
            networks.append(network)
        }
        return networks
    }
}
