/// A text that must reach neither a log nor an error message.
///
/// Printing, interpolating, dumping or reflecting it shows a placeholder; only ``revealed`` gives the text.
package struct SecretText: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// The text itself, for the one place that sends or compares it.
    package let revealed: String

    /// Hides a text.
    package init(_ text: String) {
        revealed = text
    }

    package var description: String { "<redacted>" }

    package var debugDescription: String { "<redacted>" }

    package var customMirror: Mirror { Mirror(self, children: []) }
}
