extension ProblemCode {
    /// The page that explains the code to whoever follows the `type` of a problem document: HTML in UTF-8.
    ///
    /// All texts are ours and hold no markup.
    var html: [UInt8] {
        let text = """
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <style>
            body { font: 1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem }
            @media (prefers-color-scheme: dark) { body { background: #17212b; color: #f5f5f5 } }
            </style>
            <h1>\(title)</h1>
            <p><code>\(rawValue)</code>, HTTP status \(status)</p>
            <p>\(explanation)</p>
            </html>

            """
        return Array(text.utf8)
    }
}
