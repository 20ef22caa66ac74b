/// One-dimensional arrays travel as one binary parameter or column, elements may be optional.
///
/// Layout (`array_recv` of PostgreSQL's sources): number of dimensions, whether there are NULLs, type of the elements,
/// then length and lower bound of the dimension, then each element with its length, -1 for NULL.
extension Array: PostgresCell where Element: PostgresCell {}

extension Array: PostgresValue where Element: PostgresCell {
    @inlinable static var headerSize: Int { 20 }

    @inlinable
    package static var postgresType: PostgresType {
        Element.postgresType.array
    }

    @inlinable
    package static var acceptedTypes: [PostgresType] {
        Element.acceptedTypes.map(\.array)
    }

    @inlinable
    package func encode(into bytes: inout [UInt8]) throws(PostgresError) {
        let element = Element.postgresType
        guard element.arrayOID != 0 else {
            throw PostgresError(.encoding, "arrays of \(element.name) are not supported")
        }
        guard !isEmpty else {
            bytes.appendBigEndian(UInt64(0))
            return bytes.appendBigEndian(element.oid)
        }
        let nullsPosition = bytes.count + 4
        bytes.appendBigEndian(UInt64(1) << 32)
        bytes.appendBigEndian(UInt64(element.oid) << 32 | UInt64(UInt32(clamping: count)))
        bytes.appendBigEndian(Int32(1))

        var hasNulls = false
        for value in self {
            let lengthPosition = bytes.count
            bytes.appendBigEndian(Int32(-1))
            guard try value.encodeCell(into: &bytes) else {
                hasNulls = true
                continue
            }
            bytes.putBigEndian(Int32(clamping: bytes.count - lengthPosition - 4), at: lengthPosition)
        }
        if hasNulls { bytes.putBigEndian(1, at: nullsPosition) }
    }

    @inlinable
    package static func decode(_ bytes: RawSpan) throws(PostgresError) -> [Element] {
        guard bytes.byteCount >= 12 else { throw truncated }
        let dimensions: Int32 = bytes.bigEndian(at: 0)
        guard dimensions != 0 else { return [] }
        guard dimensions == 1 else {
            throw PostgresError(.decoding, "array of \(dimensions) dimensions where one is expected")
        }
        guard bytes.byteCount >= headerSize else { throw truncated }
        let elementType: UInt32 = bytes.bigEndian(at: 8)
        guard Element.accepts(elementType) else {
            throw PostgresError(
                .decoding,
                "array of \(PostgresType.name(of: elementType)) where \(postgresType.name) is expected"
            )
        }
        let count = Int(bytes.bigEndian(at: 12, as: Int32.self))
        // Each element has at least its length, so a count beyond that is a damaged value.
        guard count >= 0, count <= (bytes.byteCount - headerSize) / 4 else { throw truncated }

        var elements: [Element] = []
        elements.reserveCapacity(count)
        var position = headerSize
        for _ in 0..<count {
            guard position + 4 <= bytes.byteCount else { throw truncated }
            let length = Int(bytes.bigEndian(at: position, as: Int32.self))
            position += 4
            guard length >= 0 else {
                elements.append(try Element.decodeNull())
                continue
            }
            guard position + length <= bytes.byteCount else { throw truncated }
            elements.append(try Element.decode(bytes.extracting(position..<position + length)))
            position += length
        }
        return elements
    }

    @usableFromInline static var truncated: PostgresError {
        PostgresError(.decoding, "array value is shorter than its header says")
    }
}
