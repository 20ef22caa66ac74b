/// A load and its yardstick, one right after the other.
struct LoadPair: Hashable, Sendable {
    let load: Stretch
    let yardstick: Stretch

    /// Lets a load and its yardstick take turns.
    ///
    /// Which of the two comes first alternates, so that a machine that grows faster or slower favours neither.
    ///
    /// - Parameters:
    ///   - yardstick: Makes one stretch of the yardstick.
    ///   - load: Makes one stretch of the load.
    ///   - onPair: Is told of each pair.
    /// - Throws: What the two throw.
    static func measure(
        _ count: Int,
        yardstick: () async throws -> Stretch,
        load: (_ pair: Int) async throws -> Stretch,
        onPair: (LoadPair) -> Void
    ) async throws -> [LoadPair] {
        var pairs: [LoadPair] = []
        for number in 0..<count {
            let pair: LoadPair
            if number.isMultiple(of: 2) {
                let standard = try await yardstick()
                pair = LoadPair(load: try await load(number), yardstick: standard)
            } else {
                let result = try await load(number)
                pair = LoadPair(load: result, yardstick: try await yardstick())
            }
            pairs.append(pair)
            onPair(pair)
        }
        return pairs
    }
}
