import Glibc
import Scoring
import Web

/// As many files and connections as anything here can use.
private let mostDescriptors: rlim_t = 65_536
/// Kept for the database, Telegram, files and libraries.
private let reservedDescriptors = 512

extension WebConfiguration {
    /// Raises the process's limit of files and connections as far as it is allowed to, since many systems start programs
    /// with 1,024; returns the limit that holds from now on.
    private static func raiseDescriptorLimit() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
            return 1024
        }
        if limit.rlim_cur < mostDescriptors {
            var raised = limit
            raised.rlim_cur = min(limit.rlim_max, mostDescriptors)
            if setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &raised) == 0 { limit = raised }
        }
        return Int(clamping: limit.rlim_cur)
    }

    /// Lets no more in than there are descriptors for, and leaves some connections to those who submit.
    mutating func fitDescriptors(_ watches: inout WatchLimits) {
        let descriptors = Self.raiseDescriptorLimit()
        maximumConnections = min(
            maximumConnections,
            max(descriptors - reservedDescriptors, descriptors / 2)
        )
        watches.capacity = min(watches.capacity, maximumConnections * 3 / 4)
    }
}
