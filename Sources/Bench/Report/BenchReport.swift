import JSON

/// The result of a bench.
package struct BenchReport: Hashable, Sendable {
    package let machine: Machine
    package let plan: BenchPlan
    package let figures: [Figure]

    /// The whole result as one JSON document.
    ///
    /// - Parameter schema: The version of the documents that commands print.
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
                for figure in figures { writer.object(figure.write) }
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

extension Figure {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.member("name", name)
        writer.member("unit", unit)
        writer.member("value", value, decimals: 3)
        writer.optional("p50_ms", p50)
        writer.optional("p99_ms", p99)
        if let yardstick {
            writer.object("yardstick") { writer in
                writer.member("name", yardstick.name)
                writer.member("value", yardstick.value, decimals: 3)
                writer.optional("p50_ms", yardstick.p50)
                writer.optional("p99_ms", yardstick.p99)
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
