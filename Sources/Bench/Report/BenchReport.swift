import JSON

/// What a bench has found.
package struct BenchReport: Hashable, Sendable {
    package let machine: Machine
    package let plan: BenchPlan
    package let results: [BenchResult]

    /// The whole report as one JSON document, of the given version of the documents that commands print.
    package func document(schema: Int) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("schema", schema)
            writer.object("machine", machine.write)
            writer.object("plan") { writer in
                writer.member("entries", plan.entries)
                writer.member("seconds", plan.seconds)
                writer.member("pairs", plan.pairs)
                writer.array("sections") { writer in
                    for section in BenchPlan.Section.allCases where plan.sections.contains(section) {
                        writer.value(section.rawValue)
                    }
                }
            }
            writer.array("figures") { writer in
                for result in results { writer.object(result.write) }
            }
        }
        return writer.bytes
    }
}

extension Machine {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("processor", processor)
        writer.member("cores", cores)
        writer.member("memory_bytes", memory)
        writer.member("kernel", kernel)
        writer.member("file_system", orNull: fileSystem)
        writer.member("postgresql", postgres)
        writer.member("fsync", fsync)
        writer.member("synchronous_commit", synchronousCommit)
        writer.member("full_page_writes", fullPageWrites)
        writer.member("shared_buffers", sharedBuffers)
    }
}

extension BenchResult {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("name", name)
        writer.member("unit", unit)
        writer.member("value", value, decimals: 3)
        writer.optional("p50_ms", p50)
        writer.optional("p99_ms", p99)
        if let baseline {
            writer.object("yardstick") { writer in
                writer.member("name", baseline.name)
                writer.member("value", baseline.value, decimals: 3)
                writer.optional("p50_ms", baseline.p50)
                writer.optional("p99_ms", baseline.p99)
            }
        } else {
            writer.nullMember("yardstick")
        }
        writer.optional("ratio", ratio)
        writer.array("ratios") { writer in for ratio in ratios { writer.value(ratio, decimals: 3) } }
        writer.array("goals") { writer in for goal in goals { writer.value(goal.text) } }
        writer.key("met")
        if let isMet { writer.value(isMet) } else { writer.null() }
        writer.member("note", orNull: note)
    }
}

extension JSONWriter {
    fileprivate mutating func optional(_ name: StaticString, _ number: Double?) {
        if let number { member(name, number, decimals: 3) } else { nullMember(name) }
    }
}
