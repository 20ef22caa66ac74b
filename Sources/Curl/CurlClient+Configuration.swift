extension CurlClient {
    /// The limits and habits of one client.
    package struct Configuration: Sendable {
        /// How long resolving, connecting and the TLS handshake may take together.
        package var connectTimeout: Duration

        /// How many requests may run at once; no more connections than that are open.
        package var maximumConnections: Int

        /// How many requests may run at once to one scheme, host and port.
        ///
        /// Long polls count while they last.
        package var maximumConnectionsPerHost: Int

        /// How many requests may wait for one of the places above; more are refused at once.
        package var maximumQueued: Int

        /// How large a response's body may be.
        package var maximumResponseBytes: Int

        /// How long an unused connection may still be used again.
        ///
        /// Shorter than what servers usually grant, so that requests rarely meet one that is just being closed.
        package var maximumIdleTime: Duration

        /// The `User-Agent` of requests that carry none.
        package var userAgent: String

        /// Whether `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy` of the environment are followed.
        package var usesProxiesOfEnvironment: Bool

        /// A PEM file of authorities to trust instead of the system's.
        package var certificateAuthorityFile: String?

        package init(
            connectTimeout: Duration = .seconds(5),
            maximumConnections: Int = 256,
            maximumConnectionsPerHost: Int = 128,
            maximumQueued: Int = 1024,
            maximumResponseBytes: Int = 8 << 20,
            maximumIdleTime: Duration = .seconds(50),
            userAgent: String = "highscores",
            usesProxiesOfEnvironment: Bool = true,
            certificateAuthorityFile: String? = nil
        ) {
            self.connectTimeout = connectTimeout
            self.maximumConnections = maximumConnections
            self.maximumConnectionsPerHost = maximumConnectionsPerHost
            self.maximumQueued = maximumQueued
            self.maximumResponseBytes = maximumResponseBytes
            self.maximumIdleTime = maximumIdleTime
            self.userAgent = userAgent
            self.usesProxiesOfEnvironment = usesProxiesOfEnvironment
            self.certificateAuthorityFile = certificateAuthorityFile
        }
    }
}
