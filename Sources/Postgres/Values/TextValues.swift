import Glibc

extension String {
    /// Whether a NUL character is in it.
    ///
    /// The C library looks at 32 bytes at a time, where a view takes 13 instructions for each: that was a fifth of a
    /// submission, whose statements have 15,000 bytes.
    @usableFromInline var holdsNUL: Bool {
        unsafe utf8.withContiguousStorageIfAvailable { bytes in
            guard let start = bytes.baseAddress else { return false }
            return unsafe memchr(start, 0, bytes.count) != nil
        } ?? utf8.contains(0)
    }
}

/// Travels as `text`; a NUL character, which PostgreSQL can not store, is refused before anything is sent.
extension String: PostgresValue {
    @inlinable
    package static var postgresType: PostgresType {
        .text
    }

    @inlinable
    package static var acceptedTypes: [PostgresType] {
        [.text, .varchar, .name]
    }

    @inlinable
    package func encode(into bytes: inout [UInt8]) throws(PostgresError) {
        guard !holdsNUL else {
            throw PostgresError(.encoding, "text with a NUL character can not be stored")
        }
        bytes.append(contentsOf: utf8)
    }

    @inlinable
    package static func decode(_ bytes: RawSpan) -> String {
        bytes.text()
    }
}

/// The text of a JSON value, kept as it was written: type `json`.
///
/// An escaped NUL (`\u0000`) is legal in it, unlike in `jsonb`.
package struct JSONText: PostgresValue, Hashable {
    package let bytes: [UInt8]

    package init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Wraps text that the caller has checked to be one JSON value.
    package init(_ text: String) {
        bytes = Array(text.utf8)
    }

    package var text: String {
        String(decoding: bytes, as: UTF8.self)
    }

    package static var postgresType: PostgresType {
        .json
    }

    package func encode(into target: inout [UInt8]) throws(PostgresError) {
        guard !bytes.contains(0), (try? UTF8Span(validating: bytes.span)) != nil else {
            throw PostgresError(.encoding, "JSON text is not UTF-8 without NUL characters")
        }
        target.append(contentsOf: bytes)
    }

    package static func decode(_ bytes: RawSpan) -> JSONText {
        JSONText(bytes: bytes.array())
    }
}

/// Arbitrary bytes: type `bytea`.
package struct Bytea: PostgresValue, Hashable {
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    package static var postgresType: PostgresType {
        .bytea
    }

    package func encode(into target: inout [UInt8]) {
        target.append(contentsOf: bytes)
    }

    package static func decode(_ bytes: RawSpan) -> Bytea {
        Bytea(bytes.array())
    }
}
