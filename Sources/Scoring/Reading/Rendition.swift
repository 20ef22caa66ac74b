import Synchronization

/// The form in which something is sent, made by whoever asks first.
package final class Rendition: Sendable, Hashable {
    private let made = Mutex<(any Sendable)?>(nil)

    init() {}

    /// - Parameter make: Makes the form; must be the same for all who ask.
    /// - Returns: What the first call made.
    package func form<Form: Sendable>(_ make: () -> Form) -> Form {
        made.withLock { made in
            if let form = made as? Form { return form }
            let form = make()
            made = form
            return form
        }
    }

    /// What has a form is told from others by its content.
    package static func == (left: Rendition, right: Rendition) -> Bool { true }
    package func hash(into hasher: inout Hasher) {}
}
