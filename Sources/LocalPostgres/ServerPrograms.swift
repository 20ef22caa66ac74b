/// The installed programs of one major version of PostgreSQL.
struct ServerPrograms: Sendable, Equatable {
    /// The folder of `postgres` and `initdb`.
    let folder: String
    /// The major version, such as 15.
    let major: Int

    var postgres: String { folder + "/postgres" }
    var initdb: String { folder + "/initdb" }

    /// Finds the version that made the data, which alone can read them, or the one that `pg_config` names, or the
    /// newest.
    static func find(
        on machine: ClusterMachine,
        made: Int?,
        dataFolder: String
    ) throws(ClusterError) -> ServerPrograms {
        var others: Set<Int> = []
        for folder in try candidates(on: machine, preferring: made) {
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

    private static func candidates(
        on machine: ClusterMachine,
        preferring made: Int?
    ) throws(ClusterError) -> [String] {
        var folders: [String] = []
        if let made { folders.append("\(machine.versions)/\(made)/bin") }
        let asked = try ChildProgram.run([machine.pgConfig, "--bindir"])
        let answer = asked.output.split(separator: "\n").last.map(String.init) ?? ""
        if asked.status == 0, answer.hasPrefix("/") { folders.append(answer) }
        let versions = Files.names(in: machine.versions).compactMap { Int($0) }.sorted(by: >)
        folders += versions.map { "\(machine.versions)/\($0)/bin" }
        return folders + machine.path
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
