import ServiceLifecycle

/// An HTTP client over libcurl whose transfers all run in one loop on a thread of its own.
///
/// Connections are kept alive and, over TLS, shared by HTTP/2 requests. Certificates are verified, redirects are
/// not followed, cookies are not kept. The bounds of ``Configuration`` hold at every moment. The thread ends with
/// ``shutdown()``, or by itself when the last reference to the client is gone.
package final class CurlClient: Sendable {
    private let loop: TransferLoop

    /// Makes a client and starts its thread.
    ///
    /// - Throws: ``CurlError/Code/other`` when libcurl or the thread cannot be set up.
    package init(configuration: Configuration = Configuration()) throws(CurlError) {
        loop = try TransferLoop.start(configuration)
    }

    deinit {
        loop.stop()
    }

    /// Sends a request and waits for the whole response.
    ///
    /// Cancelling the task gives the transfer up.
    ///
    /// - Parameter timeout: The time for everything: waiting for a place, connecting, sending and receiving.
    /// - Returns: The response, whatever its status.
    /// - Throws: ``CurlError`` when there is no whole response.
    package func send(_ request: CurlRequest, timeout: Duration) async throws(CurlError) -> CurlResponse {
        guard let origin = Origin(of: request.url) else {
            throw CurlError(.unsupportedURL)
        }
        guard request.isLegal else {
            throw CurlError(.invalidRequest, origin: origin.description)
        }
        let identifier = loop.nextIdentifier()
        let deadline = ContinuousClock.now.advanced(by: timeout)
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                loop.submit(
                    Exchange(
                        identifier: identifier,
                        request: request,
                        origin: origin,
                        deadline: deadline,
                        continuation: continuation
                    )
                )
            }
        } onCancel: {
            loop.cancel(identifier)
        }
        return try result.get()
    }

    /// Ends every request with ``CurlError/Code/shutDown``, closes the connections and ends the thread.
    ///
    /// Returns when the thread has let go of everything. Later requests fail at once; a second call does nothing.
    package func shutdown() async {
        loop.stop()
        await loop.waitUntilStopped()
    }

    /// How many requests the client holds now.
    package struct Load: Sendable, Hashable {
        /// Requests that are being exchanged.
        package let running: Int
        /// Requests that wait for a place.
        package let waiting: Int
    }

    /// How many requests run and wait at this moment, for metrics.
    package var load: Load {
        loop.load
    }
}

extension CurlClient: Service {
    /// Waits for graceful shutdown or cancellation, then shuts the client down.
    ///
    /// List the client before the services that send through it: service groups stop in reverse order.
    package func run() async throws {
        // Being cancelled ends the wait by an error that means no more than to stop.
        try? await gracefulShutdown()
        await shutdown()
    }
}
