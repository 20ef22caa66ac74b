/// Why a browser did not do what it was told.
package struct WebDriverError: Error, CustomStringConvertible {
    /// The protocol's name of the error, such as `no such element`, or a word of ours.
    package let code: String

    /// What was asked and what was answered.
    package let description: String

    init(_ code: String, _ message: String) {
        self.code = code
        description = "\(code): \(message)"
    }
}
