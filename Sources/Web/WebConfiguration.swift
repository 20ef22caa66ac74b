/// Where the edge listens and what it allows.
package struct WebConfiguration: Sendable {
    /// A name or number of a host, and a port; port 0 takes any that is free.
    package struct Address: Hashable, Sendable {
        package let host: String
        package let port: Int

        package init(host: String, port: Int) {
            self.host = host
            self.port = port
        }
    }

    package var address: Address
    /// Where metrics and the reasons of readiness are told; nil for at ``address``, with all the rest.
    package var adminAddress: Address?
    package var limits: ConnectionLimits
    package var streams: StreamLimits
    /// More connections than that wait in the kernel's queue.
    package var maximumConnections: Int
    /// How long the service goes on serving after it was told to stop, so that load balancers see it unready first.
    package var drainDelay: Duration

    package init(
        address: Address,
        adminAddress: Address? = nil,
        limits: ConnectionLimits = ConnectionLimits(),
        streams: StreamLimits = StreamLimits(),
        maximumConnections: Int = 32_768,
        drainDelay: Duration = .milliseconds(500)
    ) {
        self.address = address
        self.adminAddress = adminAddress
        self.limits = limits
        self.streams = streams
        self.maximumConnections = maximumConnections
        self.drainDelay = drainDelay
    }
}
