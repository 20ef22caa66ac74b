import Glibc

/// The folder of the server's Unix socket, which only its owner may enter.
extension ClusterFolder {
    /// The longest path of a socket on Linux, without its final NUL.
    private static let longestSocketPath = 107
    private static let socketName = "/.s.PGSQL.5432"

    /// Prepares the socket's folder: in the cluster's own, or below `temporary` when that path would not do.
    ///
    /// A path does not do when it is too long for a socket, or holds a character that PostgreSQL's list of folders or
    /// libpq's list of hosts takes for a separator. The folder of the login session (`/run/user`) is no alternative:
    /// it vanishes at logout while `serve` may go on.
    func prepareSocketFolder(
        for account: ServerAccount,
        temporary: String = "/tmp"
    ) throws(ClusterError) -> String {
        let path = socketFolder(for: account, temporary: temporary)
        if unsafe mkdir(path, 0o700) == 0 {
            guard unsafe chmod(path, 0o700) == 0 else { throw Files.failure("setting the mode of \(path)") }
            try account.takeOwnership(of: path)
        } else if errno != EEXIST {
            throw Files.failure("making the folder \(path)")
        }
        guard let status = Files.status(path), status.isFolder, status.owner == account.uid,
            status.permissions == 0o700
        else {
            throw ClusterError(
                .folderUnusable,
                """
                \(path) is not a folder of the user \(account.name) that only that user may enter (mode 0700); \
                somebody else may have made it: remove it
                """
            )
        }
        return path
    }

    func socketFolder(for account: ServerAccount, temporary: String) -> String {
        let usual = path + "/socket"
        if Self.isUsable(socketFolder: usual) { return usual }
        return "\(temporary)/highscores-\(account.uid)-\(Self.fingerprint(path))"
    }

    static func isUsable(socketFolder path: String) -> Bool {
        path.utf8.count + socketName.utf8.count <= longestSocketPath
            && path.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."),
                    UInt8(ascii: "_"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// The path of the socket itself.
    static func socket(in folder: String) -> String { folder + socketName }

    /// FNV-1a, 64 bits: tells the clusters of one user apart; it guards nothing, the owner and mode do.
    private static func fingerprint(_ text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }
}
