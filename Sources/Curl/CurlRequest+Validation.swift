extension CurlRequest {
    /// Whether the method and every header field can be written without changing what the request means.
    ///
    /// A line break in a value would start another header, and a NUL would cut the C string short. Lengths and
    /// transfer codings are libcurl's business, since it frames the body.
    var isLegal: Bool {
        let isFramedByLibcurl: (String) -> Bool = { name in
            let name = name.lowercased()
            return name == "content-length" || name == "transfer-encoding"
        }
        return method.rawValue.isToken
            && headers.allSatisfy { field in
                field.name.isToken && field.value.isFieldValue && !isFramedByLibcurl(field.name)
            }
            && !(method == .head && body != nil)
    }
}

extension String {
    /// Whether the text is a token of RFC 9110, section 5.6.2.
    fileprivate var isToken: Bool {
        !isEmpty
            && utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"):
                    true
                default:
                    "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// Whether the text holds no control character but a tab.
    fileprivate var isFieldValue: Bool {
        utf8.allSatisfy { byte in
            byte == 0x09 || (byte >= 0x20 && byte != 0x7F)
        }
    }
}
