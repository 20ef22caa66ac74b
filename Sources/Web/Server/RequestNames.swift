import Instruments
import NIOCore

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

extension ByteBuffer {
    /// Writes the line with a request's name.
    mutating func writeLine(_ request: RequestName) {
        writeStaticString("X-Request-Id: ")
        switch request {
        case .given(let name): writeString(name)
        case .drawn(let first, let second):
            let (first, second) = (first.hexDigits, second.hexDigits)
            writeMultipleIntegers(first.first, first.last, second.first, second.last)
        }
        writeStaticString("\r\n")
    }
}
