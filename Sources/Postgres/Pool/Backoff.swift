/// Pauses between attempts that double up to a limit, spread by chance so that processes do not attempt in step.
struct Backoff: Sendable {
    let minimum: Duration
    let maximum: Duration

    /// The pause after so many failures in a row, between a half and the whole of the nominal one.
    ///
    /// - Parameters:
    ///   - failures: How many, counted from 1.
    ///   - spread: Where between, from 0 to 1.
    func delay(afterFailures failures: Int, spread: Double = .random(in: 0...1)) -> Duration {
        let doublings = min(max(failures - 1, 0), 30)
        let nominal = min(minimum * (1 << doublings), maximum)
        return nominal * (0.5 + spread / 2)
    }
}
