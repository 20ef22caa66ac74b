/// How a body ends, kept while what it used is cleared away.
///
/// - Returns: What it returned or threw.
func outcome<Value>(of body: () async throws -> Value) async -> Result<Value, any Error> {
    do { return .success(try await body()) } catch { return .failure(error) }
}
