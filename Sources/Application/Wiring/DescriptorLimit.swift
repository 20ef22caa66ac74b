import Glibc
import Scoring
import Web

/// How many files and connections the process may have open at once.
struct DescriptorLimit {
    /// As many as anything here can use.
    private static let wanted: rlim_t = 65_536
    /// Kept for the database, Telegram, files and libraries.
    private static let reserve = 512

    let descriptors: Int

    /// Raises the process's limit as far as it is allowed to; many systems start programs with 1,024; returns the limit
    /// that holds from now on.
    static func raise() -> DescriptorLimit {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return DescriptorLimit(descriptors: 1024)
        }
        if limit.rlim_cur < wanted {
            var raised = limit
            raised.rlim_cur = min(limit.rlim_max, wanted)
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return DescriptorLimit(descriptors: Int(clamping: limit.rlim_cur))
    }

    /// Lets no more in than there are descriptors for, and leaves some connections to those who submit.
    func bound(_ parameters: inout Deployment.Parameters) {
        let connections = max(descriptors - Self.reserve, descriptors / 2)
        parameters.web.maximumConnections = min(parameters.web.maximumConnections, connections)
        parameters.scoring.watches.capacity = min(
            parameters.scoring.watches.capacity,
            parameters.web.maximumConnections * 3 / 4
        )
    }
}
