import Instruments

/// Names the requests of one connection that bring no name of their own.
///
/// One half of a name is the connection's, the other is counted on, so that a request costs no randomness.
struct RequestNames {
    private let connection: UInt64
    private var latest: UInt64

    /// - Parameters: Random numbers: the half that all names share, and what is counted on from.
    init(connection: UInt64, start: UInt64) {
        self.connection = connection
        latest = start
    }

    mutating func next() -> RequestName {
        latest &+= 1
        return .drawn(connection, latest)
    }
}

extension [UInt8] {
    /// Writes the line with a request's name.
    mutating func append(lineOf request: RequestName) {
        self += "X-Request-Id: ".utf8
        switch request {
        case .given(let name): self += name.utf8
        case .drawn(let first, let second):
            for half in [first, second] {
                let digits = half.hexDigits
                Swift.withUnsafeBytes(of: digits.first.bigEndian) { self += $0 }
                Swift.withUnsafeBytes(of: digits.last.bigEndian) { self += $0 }
            }
        }
        self += "\r\n".utf8
    }
}
