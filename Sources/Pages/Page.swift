/// A page or script that is part of the program: complete in itself, with nothing to load from elsewhere.
package struct Page: Sendable {
    /// The value of `Content-Type`.
    package let contentType: String
    /// The text in UTF-8, as it is sent.
    package let bytes: [UInt8]

    init(_ contentType: String, _ parts: StaticString...) {
        self.contentType = contentType
        var bytes: [UInt8] = []
        for part in parts {
            part.withUTF8Buffer { bytes.append(contentsOf: $0) }
        }
        self.bytes = bytes
    }

    static func html(style: StaticString, body: StaticString, scripts: StaticString...) -> Page {
        var bytes: [UInt8] = []
        let parts: [StaticString] = [
            "<!doctype html>\n<html lang=\"en\">\n", "<meta charset=\"utf-8\">\n<style>\n", style,
            "\n</style>\n", body,
        ]
        for part in parts + scripts.flatMap({ ["\n<script>\n", $0, "\n</script>"] }) {
            part.withUTF8Buffer { bytes.append(contentsOf: $0) }
        }
        return Page(contentType: "text/html; charset=utf-8", bytes: bytes)
    }

    private init(contentType: String, bytes: [UInt8]) {
        self.contentType = contentType
        self.bytes = bytes
    }
}
