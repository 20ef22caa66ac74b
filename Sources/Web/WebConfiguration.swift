/// Where the edge listens and what it allows.
package struct WebConfiguration: Sendable {
    package var address: HostPort
    /// Where metrics and the reasons of readiness are told; nil for at ``address``, with all the rest.
    package var adminAddress: HostPort?
    package var limits: ConnectionLimits
    package var streams: StreamLimits
    /// More connections than that wait in the kernel's queue.
    package var maximumConnections: Int
    /// How long the service goes on serving after it was told to stop, so that load balancers see it unready first.
    package var drainDelay: Duration

    package init(
        address: HostPort,
        adminAddress: HostPort? = nil,
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
