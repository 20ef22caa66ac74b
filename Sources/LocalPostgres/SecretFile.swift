import Encodings
import Glibc

/// A secret of this installation that is generated once and kept in a file that only its owner can read.
package enum SecretFile {
    /// The name of the file in its folder.
    package static let name = "secret"

    private static let randomBytes = 48

    /// The secret of a folder, made on the first call: 48 random bytes in base64url.
    ///
    /// Whoever comes first wins, also between processes: the complete file is linked into place, so that nobody reads
    /// half a secret and a crash leaves none. A file that belongs to somebody else, can be read by others or holds no
    /// secret is refused.
    package static func loadOrCreate(folder: String) throws(ClusterError) -> String {
        try Files.makeFolder(folder, mode: ClusterFolder.mode(for: ServerAccount.current()))
        let path = try Files.ownFolder(folder) + "/" + name
        if let secret = try load(path) { return secret }
        try create(path)
        guard let secret = try load(path) else { throw Files.failure("reading \(path)") }
        return secret
    }

    private static func load(_ path: String) throws(ClusterError) -> String? {
        guard let status = Files.status(path) else { return nil }
        guard status.mode & S_IFMT == S_IFREG, status.owner == geteuid(), status.permissions & 0o077 == 0
        else {
            throw ClusterError(
                .folderUnusable,
                "\(path) must be a file of the user who runs this and readable by nobody else (chmod 0600)"
            )
        }
        guard let text = Files.text(path) else { throw Files.failure("reading \(path)") }
        let secret = text.split(separator: "\n").first.map(String.init) ?? ""
        guard secret.utf8.count >= 32 else {
            throw ClusterError(
                .folderUnusable,
                "\(path) holds no secret of 32 characters or more; remove it to have one made"
            )
        }
        return secret
    }

    private static func create(_ path: String) throws(ClusterError) {
        var generator = SystemRandomNumberGenerator()
        let draft = path + "." + String(generator.next(), radix: 16)
        let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Files.failure("making \(path)") }
        defer { unsafe unlink(draft) }
        let complete =
            Files.write(Array("\(generate(&generator))\n".utf8), to: descriptor) && fsync(descriptor) == 0
        close(descriptor)
        guard complete else { throw Files.failure("writing \(path)") }
        guard unsafe link(draft, path) == 0 || errno == EEXIST else { throw Files.failure("making \(path)") }
        Files.synchronise(folder: Files.parent(of: path))
    }

    private static func generate(_ generator: inout SystemRandomNumberGenerator) -> String {
        Base64URL.encode((0..<randomBytes).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
}
