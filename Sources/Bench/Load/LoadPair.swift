/// A load and its baseline, one right after the other.
struct LoadPair: Hashable, Sendable {
    let load: LoadRun
    let baseline: LoadRun

    /// Lets a load and its baseline take turns.
    ///
    /// Which of the two comes first alternates, so that a machine that grows faster or slower favours neither.
    static func measure(
        _ count: Int,
        baseline: () async throws -> LoadRun,
        load: (_ pair: Int) async throws -> LoadRun,
        onPair: (LoadPair) -> Void
    ) async throws -> [LoadPair] {
        var pairs: [LoadPair] = []
        for number in 0..<count {
            let pair: LoadPair
            if number.isMultiple(of: 2) {
                let standard = try await baseline()
                pair = LoadPair(load: try await load(number), baseline: standard)
            } else {
                let result = try await load(number)
                pair = LoadPair(load: result, baseline: try await baseline())
            }
            pairs.append(pair)
            onPair(pair)
        }
        return pairs
    }
}
