import CLibPQ
import Glibc

/// A connection string that libpq can parse, together with what it says.
struct ConnectionString: Sendable {
    let text: String
    let options: [String: String]

    /// Parses a string and refuses the ways in which a password with unescaped special characters ends up in
    /// another option, from where libpq would quote it in an error.
    ///
    /// - Throws: `.invalidConfiguration`; libpq's own message is withheld because it quotes the string.
    init(_ text: String) throws(PostgresError) {
        guard !text.utf8.contains(0) else {
            throw PostgresError(.invalidConfiguration, "connection string contains a NUL character")
        }
        guard let options = Self.parse(text) else {
            throw PostgresError(
                .invalidConfiguration,
                "connection string is neither a URI (postgresql://user:password@host/database) nor key=value"
                    + " pairs; special characters in a URI must be percent-encoded"
            )
        }
        self.text = text
        self.options = options
        try checkForMisplacedPassword()
    }

    private func checkForMisplacedPassword() throws(PostgresError) {
        let isURI = text.hasPrefix("postgresql://") || text.hasPrefix("postgres://")
        let suspicious = ["host", "hostaddr"] + (isURI ? ["dbname"] : [])
        for option in suspicious where options[option]?.contains("@") == true {
            throw PostgresError(
                .invalidConfiguration,
                "connection string has an \"@\" in its \(option); percent-encode special characters in user"
                    + " and password"
            )
        }
        let isPortLegal = (options["port"] ?? "").utf8.allSatisfy { byte in
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: ",")
        }
        guard isPortLegal else {
            throw PostgresError(
                .invalidConfiguration,
                "port in the connection string is not a number; percent-encode special characters in user and"
                    + " password"
            )
        }
    }

    private static func parse(_ text: String) -> [String: String]? {
        var message: UnsafeMutablePointer<CChar>?
        guard let list = unsafe PQconninfoParse(text, &message) else {
            unsafe PQfreemem(message)
            return nil
        }
        defer { unsafe PQconninfoFree(list) }
        var options: [String: String] = [:]
        var entry = unsafe list
        while let keyword = unsafe entry.pointee.keyword {
            if let value = unsafe entry.pointee.val {
                options[unsafe String(cString: keyword)] = unsafe String(cString: value)
            }
            unsafe entry += 1
        }
        return options
    }
}

extension ConnectionString {
    var hosts: [String] {
        let list =
            options["hostaddr"] ?? options["host"] ?? environment("PGHOSTADDR") ?? environment("PGHOST") ?? ""
        return list.isEmpty
            ? [] : list.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }

    var isLocal: Bool {
        hosts.allSatisfy { host in
            host.isEmpty || host.hasPrefix("/") || host.hasPrefix("@") || host == "localhost"
                || host == "::1" || host.hasPrefix("127.")
        } && options["service"] == nil && environment("PGSERVICE") == nil
    }

    /// What libpq falls back to.
    private func environment(_ name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }

    /// Writes the options in key/value form, so that libpq reads the same ones again.
    func keyValueText(replacing replacements: [String: String]) -> String {
        let merged = options.merging(replacements) { _, new in new }
        return merged.sorted { $0.key < $1.key }.map { key, value in
            let escaped = value.reduce(into: "") { text, character in
                if character == "'" || character == "\\" { text.append("\\") }
                text.append(character)
            }
            return "\(key)='\(escaped)'"
        }.joined(separator: " ")
    }

    /// Removes the password, wherever libpq may have quoted it, and joins libpq's indented lines into one.
    func scrub(_ message: String, password: String?) -> String {
        var message = message
        for secret in [password, options["password"], options["sslpassword"]] {
            guard let secret, !secret.isEmpty else { continue }
            message = message.split(separator: secret, omittingEmptySubsequences: false)
                .joined(separator: "[redacted]")
        }
        return message.split(whereSeparator: \.isNewline)
            .map { $0.drop(while: \.isWhitespace) }
            .joined(separator: "; ")
    }
}
