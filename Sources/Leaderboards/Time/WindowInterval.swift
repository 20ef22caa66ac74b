/// One window of time by name, with the half-open interval of moments that it covers.
///
/// The label is what a window is known by; its ends move when a country changes its clocks and the time-zone data
/// learns of it.
package struct WindowInterval: Hashable, Sendable {
    package let window: WindowKind
    /// The name in local terms: `2026-03-29`, `2026-W13`, `2026-03`, the number of a season, or empty for all time.
    package let label: String
    /// The first moment, or nil where there is no beginning.
    package let from: Instant?
    /// The first moment after it, or nil while no end is known.
    package let to: Instant?

    /// Names an interval.
    ///
    /// - Parameters:
    ///   - label: Its name among windows of that kind.
    ///   - from: The first moment in it, nil for no beginning.
    ///   - to: The first moment after it, nil for no end.
    package init(window: WindowKind, label: String, from: Instant?, to: Instant?) {
        self.window = window
        self.label = label
        self.from = from
        self.to = to
    }

    /// The one window over all time.
    package static let always = WindowInterval(window: .all, label: "", from: nil, to: nil)

    /// Tells whether a moment lies in the window.
    ///
    /// - Parameter instant: The moment, for example the start of a run.
    /// - Returns: True from ``from`` on and before ``to``.
    package func contains(_ instant: Instant) -> Bool {
        if let from, instant < from { return false }
        if let to, instant >= to { return false }
        return true
    }
}
