/// The header fields of a response, in order of arrival, found by name whatever its case.
package struct CurlHeaders: Sendable {
    /// The fields as received.
    package let fields: [(name: String, value: String)]

    package init(_ fields: [(name: String, value: String)]) {
        self.fields = fields
    }

    /// Finds the value of the first field of that name.
    ///
    /// - Parameter name: The name, in any case.
    package subscript(name: String) -> String? {
        fields.first { field in
            field.name.equalsIgnoringASCIICase(name)
        }?.value
    }

    /// Finds the values of all fields of that name.
    ///
    /// - Parameter name: The name, in any case.
    /// - Returns: The values in order of arrival.
    package func values(of name: String) -> [String] {
        fields.compactMap { field in
            field.name.equalsIgnoringASCIICase(name) ? field.value : nil
        }
    }
}

extension CurlHeaders: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: (name: String, value: String)...) {
        self.init(elements)
    }
}

extension String {
    fileprivate func equalsIgnoringASCIICase(_ other: String) -> Bool {
        utf8.elementsEqual(other.utf8) { mine, theirs in
            mine.lowercasedASCII == theirs.lowercasedASCII
        }
    }
}

extension UInt8 {
    fileprivate var lowercasedASCII: UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self
    }
}
