package import Hummingbird
package import Logging
import NIOCore

/// What a handler knows of a request beyond the request itself.
package struct WebContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    /// The connection that the request came over; nil for a request that came over none.
    let channel: (any Channel)?

    /// Makes the context of a request that came over a connection.
    ///
    /// - Parameter source: The connection and its logger.
    package init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Makes a context without a connection.
    ///
    /// - Parameter logger: The logger of the request.
    package init(logger: Logger) {
        coreContext = CoreRequestContextStorage(source: LoggerOnly(logger: logger))
        channel = nil
    }

    private struct LoggerOnly: RequestContextSource {
        let logger: Logger
    }
}
