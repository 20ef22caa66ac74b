/// A setting that cannot be used, in one line that an operator can act upon.
///
/// The line names the variable, what was wrong and an example. The value of a secret is never in it.
package struct SettingsError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The environment variable.
    package let variable: String
    /// What was wrong, as it follows the variable's name.
    package let problem: String
    /// A value that would do.
    package let example: String

    package init(_ variable: String, _ problem: String, example: String) {
        self.variable = variable
        self.problem = problem
        self.example = example
    }

    package var description: String { "\(variable): \(problem); for example \(variable)=\(example)" }
}

/// What makes a value wrong, before it is known whose value it is.
struct ValueProblem: Error {
    let text: String

    init(_ text: String) { self.text = text }
}

extension String {
    /// The text between quotes for an error: short, and with control characters made visible.
    var quotedForError: String {
        let limit = 80
        var shown = ""
        for scalar in unicodeScalars.prefix(limit) {
            if scalar.properties.generalCategory == .control {
                shown += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                shown.unicodeScalars.append(scalar)
            }
        }
        return "'\(shown)\(unicodeScalars.count > limit ? "…" : "")'"
    }
}
