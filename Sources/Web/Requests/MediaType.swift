import HTTPTypes

extension Request {
    /// Refuses a body that does not say it is JSON.
    ///
    /// - Throws: ``Problem`` with `media_type_unsupported`.
    func checkBodyIsJSON() throws(Problem) {
        guard isJSON(headers[.contentType]) else {
            throw Problem(
                .mediaTypeUnsupported,
                "The body must be sent with 'Content-Type: application/json'."
            )
        }
    }
}

/// Whether a `Content-Type` is `application/json`, whatever its case and parameters.
private func isJSON(_ contentType: String?) -> Bool {
    guard let contentType else { return false }
    let expected: StaticString = "application/json"
    var rest = contentType.utf8[...]
    for index in 0..<expected.utf8CodeUnitCount {
        // Setting the bit folds upper case into lower case and leaves '/' as it is.
        guard let byte = rest.popFirst(), byte | 0x20 == expected.utf8Start[index] else { return false }
    }
    guard let next = rest.first(where: { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }) else {
        return true
    }
    return next == UInt8(ascii: ";")
}
