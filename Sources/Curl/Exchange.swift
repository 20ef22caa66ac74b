/// A request on its way, and the task that waits for its response.
struct Exchange: Sendable {
    typealias Outcome = Result<CurlResponse, CurlError>

    let identifier: UInt64
    let request: CurlRequest
    let origin: Origin
    let deadline: ContinuousClock.Instant
    let continuation: CheckedContinuation<Outcome, Never>

    /// Ends an exchange of which nothing was sent.
    func fail(_ code: CurlError.Code) {
        continuation.resume(returning: .failure(CurlError(code, origin: origin.description)))
    }
}
