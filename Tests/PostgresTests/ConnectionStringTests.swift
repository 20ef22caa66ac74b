import Postgres
import Testing

/// A connection string is checked before use and never shown.
struct ConnectionStringTests {
    @Test(arguments: [
        "postgresql://user:s3cret@x@host/db",
        "postgres://user:s3/cret@host/db", "postgresql://user:s3:cret/x@host/db", "host", "nonsense=s3cret",
        "password='s3cret", "host=a port=s3cret", "postgresql://user:%zz@host/db",
        "postgresql://u:s3cret@h:1x/db",
    ])
    func `a string that would be misread is refused without being quoted`(text: String) {
        let error = #expect(throws: PostgresError.self) { try PostgresConfiguration(connectionString: text) }
        #expect(error?.code == .invalidConfiguration)
        #expect(String(reflecting: error).contains("cret") == false)
    }

    @Test(
        arguments: [
            ("postgresql:///scores", []), ("host=/run/postgresql", ["/run/postgresql"]),
            ("host=localhost", ["localhost"]),
            ("postgresql://u:p@127.0.0.1:5433/db", ["127.0.0.1"]), ("postgresql://[::1]/db", ["::1"]),
            ("host=/a,localhost port=1,2", ["/a", "localhost"]),
        ] as [(String, [String])]
    )
    func `local hosts are recognised`(text: String, hosts: [String]) throws {
        let configuration = try PostgresConfiguration(connectionString: text)
        #expect(configuration.hosts == hosts)
        #expect(configuration.isLocal)
    }

    @Test(arguments: [
        "postgresql://db.example.org/x", "host=10.0.0.1", "host=localhost,db.example.org",
        "postgresql://a,b/db?target_session_attrs=read-write", "host=localhost hostaddr=10.0.0.1",
    ])
    func `other hosts are not local`(text: String) throws {
        #expect(try PostgresConfiguration(connectionString: text).isLocal == false)
    }

    @Test func `the database is replaced and everything else kept`() throws {
        let text = #"postgresql://us%27er:pa%5Css@h1,h2:5433/old?target_session_attrs=read-write"#
        let configuration = try PostgresConfiguration(connectionString: text)
        #expect(configuration.database == "old")
        let other = try PostgresConfiguration(
            connectionString: configuration.connectionString(database: "n'ew")
        )
        #expect(other.database == "n'ew")
        #expect(other.hosts == ["h1", "h2"])
        #expect(other.connectionString(database: "old") == configuration.connectionString(database: "old"))
        #expect(configuration.connectionString(database: "x").contains(#"user='us\'er'"#))
        #expect(configuration.connectionString(database: "x").contains(#"password='pa\\ss'"#))
    }

    @Test func `printing shows nothing of it`() throws {
        let configuration = try PostgresConfiguration(connectionString: "postgresql://user:s3cret@host/db")
        var dumped = "\(configuration) " + String(reflecting: configuration)
        dump(configuration, to: &dumped)
        #expect(dumped.contains("s3cret") == false && dumped.contains("user") == false)
    }
}
