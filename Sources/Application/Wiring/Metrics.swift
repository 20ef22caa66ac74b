import Leaderboards
import Outbox
import Postgres
import Scoring
import Storage
import Telemetry
import Version

/// What can be read of a process when somebody asks for its metrics.
extension [Metric] {
    /// Of what is remembered, written together and watched.
    static func ofPlay(_ highscores: Highscores) -> [Metric] {
        let (runs, pages) = (highscores.memory.statistics, highscores.pages.statistics)
        func memory(_ subject: String, _ memory: MemoryStatistics) -> Metric {
            let results = ["hit": memory.hits, "miss": memory.misses, "failed": memory.failures]
            return Metric(
                "highscores_memory_\(subject)_total",
                .counter,
                "How often the database confirmed what was remembered (hit), did not (failed), or had to be asked (miss).",
                results.map { result, count in ([("result", result)], .count(UInt64(count))) }
            )
        }
        return [
            memory("runs", runs), memory("pages", pages),
            Metric(
                "highscores_memory_bytes",
                .gauge,
                "What is remembered between transactions; at most HIGHSCORES_MEMORY.",
                Double(runs.bytes + pages.bytes)
            ),
            Metric(
                "highscores_batch_size",
                .histogram,
                "How many runs, pages or presses one transaction took.",
                highscores.batchSizes.map { ([("of", $0.of)], .histogram($0.sizes, unit: 1)) }
            ),
            Metric(
                "highscores_streams",
                .gauge,
                "Open event streams of leaderboards.",
                Double(highscores.watchCount)
            ),
        ]
    }

    /// Of the connections to the database.
    static func ofDatabase(_ pool: PostgresPool) -> [Metric] {
        let (connections, times) = (pool.statistics, pool.times)
        let states = [
            "idle": connections.idle, "in_use": connections.inUse, "connecting": connections.connecting,
            "waiting": connections.waiting,
        ]
        return [
            Metric(
                "highscores_database_connections",
                .gauge,
                "Connections to PostgreSQL and callers that wait for one, by state.",
                states.map { state, count in ([("state", state)], .number(Double(count))) }
            ),
            Metric(
                "highscores_database_wait_seconds",
                .histogram,
                "How long was waited for a connection.",
                [([], .seconds(times.waits))]
            ),
            Metric(
                "highscores_database_seconds",
                .histogram,
                "How long a connection was used: a transaction, a statement outside of one.",
                [([], .seconds(times.uses))]
            ),
        ]
    }

    /// Of what waits for Telegram.
    ///
    /// - Parameter status: What waits, of the bots for which this process calls; nil before it was looked at.
    static func ofDeliveries(_ workers: DeliveryWorkers, _ status: DeliveryStatus?, now: Instant) -> [Metric]
    {
        let all = workers.all.sorted { $0.bot < $1.bot }
        let waiting = (status?.backlogs ?? []).map { backlog in
            (
                labels: [("bot", "\(backlog.bot)"), ("cause", backlog.cause.rawValue)] as Metric.Labels,
                backlog
            )
        }
        func ofWorkers(_ name: String, _ help: String, _ isSo: (DeliveryWorker) -> Bool) -> Metric {
            Metric(name, .gauge, help, all.map { ([("bot", "\($0.bot)")], .number(isSo($0) ? 1 : 0)) })
        }
        return [
            ofWorkers(
                "highscores_delivery_leader",
                "1 where this instance is the one that calls Telegram for the bot, else 0."
            ) { $0.isLeading },
            ofWorkers("highscores_delivery_paused", "1 while Telegram refuses the bot's token, else 0.") {
                !$0.reasons.isEmpty
            },
            Metric(
                "highscores_closed_chats",
                .gauge,
                "Chats in which Telegram refuses what the bot writes; from the instance that calls for it.",
                (status?.bots ?? []).map { ([("bot", "\($0.bot)")], .number(Double($0.closedChats))) }
            ),
            Metric(
                "highscores_deliveries",
                .gauge,
                "What Telegram does not hold yet, by cause; from the instance that calls for the bot.",
                waiting.map { ($0, .number(Double($1.count))) }
            ),
            Metric(
                "highscores_deliveries_oldest_seconds",
                .gauge,
                "How long the oldest of them waits.",
                waiting.map { ($0, .number(Double((now - $1.oldest).wholeMilliseconds) / 1000)) }
            ),
        ]
    }

    /// Of the service as a whole.
    static func ofService(isReady: Bool) -> [Metric] {
        [
            Metric(
                "highscores_ready",
                .gauge,
                "1 while nothing is amiss, else 0; /readyz tells what.",
                isReady ? 1 : 0
            ),
            Metric(
                "highscores_build_info",
                .gauge,
                "Which program this is; always 1.",
                [
                    (
                        [("version", ProgramVersion.number), ("commit", ProgramVersion.commit)],
                        .number(1)
                    )
                ]
            ),
        ]
    }
}
