/// An exchange that brought no whole response.
///
/// An answer with any HTTP status is a ``CurlResponse``, not an error. Descriptions name at most scheme, host and
/// port: the path, headers and bodies may carry secrets, such as a bot's token in the path of every Bot API call.
package struct CurlError: Error, Sendable, Hashable {
    /// What went wrong.
    package let code: Code

    /// Whether bytes of the request left this process, so that the other side may have acted on it.
    ///
    /// `false` is certain; after `true` nobody can tell without asking the other side.
    package let requestMayHaveBeenSent: Bool

    /// Scheme, host and port of the request, where they could be read.
    package let origin: String?

    /// libcurl's own number for the failure, where libcurl reported it.
    package let curlCode: UInt32?

    /// libcurl's fixed text for ``curlCode``.
    package let reason: String?

    /// The `errno` of the failed connection attempt, 0 when there is none.
    package let systemError: Int

    init(
        _ code: Code,
        requestMayHaveBeenSent: Bool = false,
        origin: String? = nil,
        curlCode: UInt32? = nil,
        reason: String? = nil,
        systemError: Int = 0
    ) {
        self.code = code
        self.requestMayHaveBeenSent = requestMayHaveBeenSent
        self.origin = origin
        self.curlCode = curlCode
        self.reason = reason
        self.systemError = systemError
    }
}

extension CurlError {
    /// A kind of failure.
    package enum Code: String, Sendable, CustomStringConvertible {
        /// The host's name, or the proxy's, has no address now.
        case couldNotResolve = "could not resolve the host"
        case couldNotConnect = "could not connect"
        /// The time for waiting, connecting and answering ran out.
        case timedOut = "timed out"
        case tlsFailed = "TLS failed"
        case sendFailed = "the connection dropped while sending"
        /// The connection ended, or spoke no HTTP, before the response was whole.
        case receiveFailed = "the connection dropped while receiving"
        case tooLarge = "the response is too large"
        /// The waiting task was cancelled.
        case cancelled = "cancelled"
        /// The bounded queue of waiting requests is full; nothing was sent.
        case queueFull = "too many requests are waiting"
        case shutDown = "the client is shut down"
        case unsupportedURL = "not a usable http or https URL"
        /// The method or a header field holds characters that HTTP forbids there.
        case invalidRequest = "the method or a header is not legal"
        /// Anything else; ``CurlError/curlCode`` tells.
        case other = "the exchange failed"

        package var description: String { rawValue }
    }
}

extension CurlError: CustomStringConvertible, CustomDebugStringConvertible {
    package var description: String {
        guard let origin else {
            return code.description
        }
        return "\(code) (\(origin))"
    }

    package var debugDescription: String {
        var details = [requestMayHaveBeenSent ? "may have been sent" : "not sent"]
        if let curlCode {
            details.append("curl \(curlCode): \(reason ?? "no text")")
        }
        if systemError != 0 {
            details.append("errno \(systemError)")
        }
        return "\(description): \(details.joined(separator: ", "))"
    }
}
