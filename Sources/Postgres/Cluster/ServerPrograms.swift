/// The installed programs of one major version of PostgreSQL.
struct ServerPrograms: Sendable, Equatable {
    /// The folder of `postgres` and `initdb`.
    let folder: String
    /// The major version, such as 15.
    let major: Int

    var postgres: String { folder + "/postgres" }
    var initdb: String { folder + "/initdb" }

    /// Where server programs are looked for.
    struct Search: Sendable {
        /// The program that knows where the others are.
        var pgConfig = "pg_config"
        /// The folder in which Debian and Ubuntu keep one folder for each major version.
        var versions = "/usr/lib/postgresql"
        /// Folders looked at last.
        var path = ["/usr/local/pgsql/bin", "/usr/local/bin", "/usr/bin"]
    }

    /// Finds the programs for a cluster.
    ///
    /// - Parameters:
    ///   - made: The major version by which the data was made, if there is data: only that one can read it.
    ///   - dataFolder: The data's place, for the message.
    /// - Returns: The version that made the data, or the one that `pg_config` names, or the newest.
    /// - Throws: ``ClusterError`` with `programsMissing` and `versionMismatch`.
    static func find(_ search: Search, made: Int?, dataFolder: String) throws(ClusterError) -> ServerPrograms
    {
        var others: Set<Int> = []
        for folder in try candidates(search, preferring: made) {
            guard let programs = try at(folder) else { continue }
            if made == nil || made == programs.major { return programs }
            others.insert(programs.major)
        }
        guard let made else {
            throw ClusterError(
                .programsMissing,
                "PostgreSQL's server programs are not installed; run: apt-get install postgresql"
            )
        }
        guard !others.isEmpty else {
            throw ClusterError(
                .programsMissing,
                "PostgreSQL's server programs are not installed; run: apt-get install postgresql-\(made)"
            )
        }
        let installed = others.sorted().map(String.init).joined(separator: ", ")
        throw ClusterError(
            .versionMismatch,
            """
            \(dataFolder) was made by PostgreSQL \(made), and PostgreSQL \(installed) is installed, which cannot \
            read it; run: apt-get install postgresql-\(made)
            """
        )
    }

    private static func candidates(_ search: Search, preferring made: Int?) throws(ClusterError) -> [String] {
        var folders: [String] = []
        if let made { folders.append("\(search.versions)/\(made)/bin") }
        let asked = try ChildProgram.run([search.pgConfig, "--bindir"])
        let answer = asked.output.split(separator: "\n").last.map(String.init) ?? ""
        if asked.status == 0, answer.hasPrefix("/") { folders.append(answer) }
        let versions = Files.names(in: search.versions).compactMap { Int($0) }.sorted(by: >)
        folders += versions.map { "\(search.versions)/\($0)/bin" }
        return folders + search.path
    }

    /// The programs in a folder, or nil when it has no complete server.
    private static func at(_ folder: String) throws(ClusterError) -> ServerPrograms? {
        let postgres = folder + "/postgres"
        guard Files.isExecutable(postgres), Files.isExecutable(folder + "/initdb") else { return nil }
        let answer = try ChildProgram.run([postgres, "--version"])
        guard answer.status == 0, let major = majorVersion(in: answer.output) else { return nil }
        return ServerPrograms(folder: folder, major: major)
    }

    /// The major version in text such as `postgres (PostgreSQL) 15.13 (Debian 15.13-0+deb12u1)` or `17beta1`.
    static func majorVersion(in text: String) -> Int? {
        for word in text.split(whereSeparator: { $0 == " " || $0 == "\n" }) {
            let digits = word.prefix(while: { $0.isASCII && $0.isNumber })
            if let major = Int(digits) { return major }
        }
        return nil
    }
}
