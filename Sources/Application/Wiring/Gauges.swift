import Glibc
import Leaderboards
import Outbox
import Postgres
import Scoring
import Storage
import Telemetry

extension [Telemetry.Gauge] {
    /// What can be read of a process when somebody asks for its metrics.
    ///
    /// - Returns: The gauges, those of one name together.
    static func ofProcess(
        pool: PostgresPool,
        watches: Int,
        memory: MemoryStatistics,
        pages: MemoryStatistics,
        isReady: Bool
    ) -> [Telemetry.Gauge] {
        let connections = pool.statistics
        func memoryCounters(of subject: String, _ memory: MemoryStatistics) -> [Telemetry.Gauge] {
            [("hit", memory.hits), ("miss", memory.misses), ("failed", memory.failures)].map {
                result,
                value in
                Telemetry.Gauge(
                    name: "highscores_memory_\(subject)_total",
                    help:
                        "How often the database confirmed what was remembered (hit), did not (failed), or had to be asked (miss).",
                    labels: "result=\"\(result)\"",
                    value: Double(value),
                    isCounter: true
                )
            }
        }
        func poolGauge(_ state: String, _ value: Int) -> Telemetry.Gauge {
            Telemetry.Gauge(
                name: "highscores_database_connections",
                help: "Connections to PostgreSQL and callers that wait for one, by state.",
                labels: "state=\"\(state)\"",
                value: Double(value)
            )
        }
        return memoryCounters(of: "runs", memory) + memoryCounters(of: "pages", pages) + [
            poolGauge("idle", connections.idle),
            poolGauge("in_use", connections.inUse),
            poolGauge("connecting", connections.connecting),
            poolGauge("waiting", connections.waiting),
            Telemetry.Gauge(
                name: "highscores_memory_bytes",
                help: "What is remembered between transactions; at most HIGHSCORES_MEMORY.",
                value: Double(memory.bytes + pages.bytes)
            ),
            Telemetry.Gauge(
                name: "highscores_streams",
                help: "Open event streams of leaderboards.",
                value: Double(watches)
            ),
            Telemetry.Gauge(
                name: "highscores_ready",
                help: "1 while nothing is amiss, else 0; /readyz tells what.",
                value: isReady ? 1 : 0
            ),
            Telemetry.Gauge(
                name: "process_resident_memory_bytes",
                help: "Resident memory.",
                value: Double(residentMemory)
            ),
        ]
    }

    /// What can be read of a process's deliveries.
    ///
    /// - Parameter status: What waits, of the bots for which this process calls; nil before it was looked at.
    /// - Returns: The gauges, those of one name together.
    static func ofDeliveries(
        _ workers: DeliveryWorkers,
        _ status: DeliveryStatus?,
        now: Instant
    ) -> [Telemetry.Gauge] {
        let all = workers.all.sorted { $0.bot < $1.bot }
        let waiting = (status?.backlogs ?? []).map { backlog in
            (labels: "bot=\"\(backlog.bot)\",cause=\"\(backlog.cause.rawValue)\"", backlog)
        }
        return all.map { worker in
            Telemetry.Gauge(
                name: "highscores_delivery_leader",
                help: "1 where this instance is the one that calls Telegram for the bot, else 0.",
                labels: "bot=\"\(worker.bot)\"",
                value: worker.isLeading ? 1 : 0
            )
        }
            + all.map { worker in
                Telemetry.Gauge(
                    name: "highscores_delivery_paused",
                    help: "1 while Telegram refuses the bot's token, else 0.",
                    labels: "bot=\"\(worker.bot)\"",
                    value: worker.reasons.isEmpty ? 0 : 1
                )
            }
            + (status?.bots ?? []).map { bot in
                Telemetry.Gauge(
                    name: "highscores_closed_chats",
                    help:
                        "Chats in which Telegram refuses what the bot writes; from the instance that calls for it.",
                    labels: "bot=\"\(bot.bot)\"",
                    value: Double(bot.closedChats)
                )
            }
            + waiting.map { labels, backlog in
                Telemetry.Gauge(
                    name: "highscores_deliveries",
                    help:
                        "What Telegram does not hold yet, by cause; from the instance that calls for the bot.",
                    labels: labels,
                    value: Double(backlog.count)
                )
            }
            + waiting.map { labels, backlog in
                Telemetry.Gauge(
                    name: "highscores_deliveries_oldest_seconds",
                    help: "How long the oldest of them waits.",
                    labels: labels,
                    value: Double((now - backlog.oldest).wholeMilliseconds) / 1000
                )
            }
    }

    private static var residentMemory: Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), file) != nil else { return 0 }
        let fields = String(decoding: line.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
        // The second field counts resident pages (proc(5)).
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * sysconf(Int32(_SC_PAGESIZE))
    }
}
