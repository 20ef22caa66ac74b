import Glibc

/// The user as whom the server programs run.
///
/// PostgreSQL refuses to run as root. As root its programs are started through `setpriv`, which gives up the
/// privileges and then becomes the program, so that the process id stays the same.
struct ServerAccount: Sendable, Equatable {
    let name: String
    let uid: uid_t
    let gid: gid_t
    /// Whether programs must give up root's privileges.
    let isLowered: Bool

    /// The current user, or `postgres`, else `nobody`, as root.
    static func current() throws(ClusterError) -> ServerAccount {
        guard geteuid() == 0 else {
            return ServerAccount(name: "uid \(geteuid())", uid: geteuid(), gid: getegid(), isLowered: false)
        }
        guard let account = named("postgres") ?? named("nobody") else {
            throw ClusterError(
                .system,
                "there is neither a user postgres nor a user nobody to run PostgreSQL as"
            )
        }
        return account
    }

    /// The account of that name when the machine has one that is not root.
    static func named(_ name: String) -> ServerAccount? {
        var record = unsafe passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        let result = unsafe buffer.withUnsafeMutableBufferPointer { space -> Int32 in
            guard let start = space.baseAddress else { return ENOMEM }
            return unsafe getpwnam_r(name, &record, start, space.count, &found)
        }
        guard result == 0, unsafe found != nil, unsafe record.pw_uid != 0 else { return nil }
        return unsafe ServerAccount(name: name, uid: record.pw_uid, gid: record.pw_gid, isLowered: true)
    }

    /// The command line that runs a program as this account.
    func command(_ program: String, _ arguments: [String]) -> [String] {
        guard isLowered else { return [program] + arguments }
        return [
            "setpriv", "--reuid=\(uid)", "--regid=\(gid)", "--clear-groups", "--inh-caps=-all",
            "--no-new-privs",
            "--", program,
        ] + arguments
    }

    /// Gives a file or folder that root has made to this account.
    func takeOwnership(of path: String) throws(ClusterError) {
        guard isLowered else { return }
        guard unsafe lchown(path, uid, gid) == 0 else {
            throw Files.failure("giving \(path) to the user \(name)")
        }
    }
}
