import JSON

extension Operation {
    /// Writes the operation as an OpenAPI object.
    func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("operationId", id)
            $0.member("summary", summary)
            $0.member("description", description)
            if let credential {
                $0.array("security") {
                    for choice in [credential, otherCredential].compactMap({ $0 }) {
                        $0.object {
                            $0.key(escaping: choice.rawValue)
                            $0.array { _ in }
                        }
                    }
                    if isOpen { $0.object { _ in } }
                }
            }
            if !parameters.isEmpty {
                $0.array("parameters") { for parameter in parameters { parameter.write(to: &$0) } }
            }
            if let body {
                $0.key("requestBody")
                body.write(to: &$0)
            }
            $0.object("responses") {
                for answer in answers { answer.write(to: &$0) }
                writeProblems(to: &$0)
            }
        }
    }

    /// Problems by status, since OpenAPI knows one response for each.
    private func writeProblems(to writer: inout JSONWriter) {
        let codes = (problems + Self.anywhere).sorted { $0.status < $1.status }
        let taken = Set(answers.map(\.status))
        var rest = codes.filter { !taken.contains($0.status) }[...]
        while let status = rest.first?.status {
            let sameStatus = rest.prefix { $0.status == status }
            rest = rest.dropFirst(sameStatus.count)
            writer.key(escaping: String(status))
            writer.object {
                $0.member("description", sameStatus.map(\.rawValue).joined(separator: ", "))
                writeHeaders(names: sameStatus[sameStatus.startIndex].headers, to: &$0)
                writeContent("application/problem+json", to: &$0) {
                    $0.object("schema") { $0.member("$ref", "#/components/schemas/Problem") }
                    $0.object("examples") {
                        for code in sameStatus {
                            $0.key(escaping: code.rawValue)
                            $0.object { $0.member("value", raw: code.example) }
                        }
                    }
                }
            }
        }
    }
}

extension ProblemCode {
    fileprivate var headers: [String] {
        switch status {
        case 401: ["WWW-Authenticate"]
        case 405: ["Allow"]
        case 429, 503: ["Retry-After"]
        default: []
        }
    }

    fileprivate var example: [UInt8] { Problem(self, explanation).document }
}

extension Operation.Parameter {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("name", name)
            $0.member("in", place.rawValue)
            $0.member("description", description)
            $0.member("required", place == .path)
            $0.member("schema", raw: schema.utf8)
        }
    }
}

extension Operation.Body {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object {
            $0.member("description", description)
            $0.member("required", isRequired)
            writeContent("application/json", to: &$0) {
                $0.object("schema") { $0.member("$ref", "#/components/schemas/\(schema)") }
                if let example { $0.member("example", raw: example.utf8) }
            }
        }
    }
}

extension Operation.Answer {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.key(escaping: String(status))
        writer.object {
            $0.member("description", description)
            writeHeaders(names: headers, to: &$0)
            writeLinks(to: &$0)
            guard let contentType else { return }
            writeContent(contentType, to: &$0) {
                $0.object("schema") {
                    if let schema {
                        $0.member("$ref", "#/components/schemas/\(schema)")
                    } else {
                        $0.member("type", "string")
                    }
                }
                if let example { $0.member("example", raw: example.utf8) }
            }
        }
    }

    private func writeLinks(to writer: inout JSONWriter) {
        guard !links.isEmpty else { return }
        writer.object("links") {
            for link in links {
                $0.key(escaping: link.name)
                $0.object {
                    $0.member("operationId", link.operation)
                    $0.member("description", link.description)
                    guard !link.parameters.isEmpty else { return }
                    $0.object("parameters") {
                        for (name, value) in link.parameters {
                            $0.key(escaping: name)
                            $0.value(value)
                        }
                    }
                }
            }
        }
    }
}

private func writeHeaders(names: [String], to writer: inout JSONWriter) {
    guard !names.isEmpty else { return }
    writer.object("headers") {
        for name in names {
            $0.key(escaping: name)
            $0.object { $0.member("$ref", "#/components/headers/\(name)") }
        }
    }
}

private func writeContent(
    _ contentType: String,
    to writer: inout JSONWriter,
    _ body: (inout JSONWriter) -> Void
) {
    writer.object("content") {
        $0.key(escaping: contentType)
        $0.object(body)
    }
}
