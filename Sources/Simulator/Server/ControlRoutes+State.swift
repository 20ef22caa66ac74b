/// What can be looked at and set.
extension ControlRoutes {
    func scoreboard(_ request: ControlRequest) throws -> Document {
        let game = GameName(bot: try request.number("bot"), shortName: try request.text("game"))
        let chat = try request.chat()
        return simulator.read { telegram in
            let rows = telegram.scoreboard(of: game, in: chat).rows
            return [
                "scores": .array(
                    rows.enumerated().map { index, row in
                        [
                            "position": .integer(Int64(index + 1)), "user": .integer(row.user),
                            "name": .string(telegram.users[row.user]?.displayName ?? ""),
                            "score": .integer(row.score),
                        ]
                    }
                )
            ]
        }
    }

    func calls(_ request: ControlRequest) -> Document {
        let after = request.optionalNumber("after") ?? 0
        let method = request.optional("method")?.lowercased()
        let calls = simulator.calls.filter {
            $0.number > after && (method.map { [name = $0.method] in name.lowercased() == $0 } ?? true)
        }
        return [
            "calls": .array(
                calls.map { call in
                    [
                        "number": .integer(Int64(call.number)), "time": .integer(call.time),
                        "elapsed_us": .integer(call.elapsed),
                        "bot": .integer(call.bot),
                        "method": .string(call.method),
                        "parameters": .object(
                            call.parameters.texts.sorted { $0.key < $1.key }
                                .map { .init(name: $0.key, value: .string($0.value)) }
                        ),
                        "in_webhook_reply": .bool(call.isWebhookReply),
                        "status": .integer(Int64(call.status)),
                        "description": .optional(call.description),
                    ]
                }
            )
        ]
    }

    func faults() -> Document {
        ["faults": .array(simulator.faults.map(\.view))]
    }

    func plan(_ request: ControlRequest) throws -> Document {
        let faults = try Fault.list(request.fields)
        simulator.plan(faults, seed: request.optional("seed").flatMap { UInt64($0) })
        return ["planned": .integer(Int64(faults.count))]
    }

    func setToken(_ request: ControlRequest) throws -> Document {
        let (bot, isRevoked) = (try request.number("bot"), request.flag("revoked"))
        simulator.setRevoked(isRevoked, bot: bot)
        return ["revoked": .bool(isRevoked)]
    }

    func clearFaults() -> Document {
        simulator.clearFaults()
        return [:]
    }

    func setLimits(_ request: ControlRequest) -> Document {
        let isOn = request.flag("on")
        simulator.change { telegram, _ in
            telegram.limits.isOn = isOn
            telegram.limits.reset()
        }
        return ["on": .bool(isOn)]
    }

    func reset() -> Document {
        let configuration = simulator.configuration
        simulator.clearFaults()
        simulator.change { telegram, _ in
            let version = telegram.version
            telegram = SimulatedTelegram(seed: configuration.seed, queryLifetime: configuration.queryLifetime)
            telegram.version = version + 1
        }
        return [:]
    }

    /// The whole state for people to look at; with `after`, as soon as it is newer than that version.
    func state(_ request: ControlRequest) async -> Document {
        guard let after = request.optionalNumber("after") else { return simulator.read { $0.view } }
        let seconds = min(max(request.optionalNumber("timeout") ?? 25, 0), 50)
        let newer = await simulator.wait(within: seconds * 1000) { telegram in
            Int64(telegram.version) != after ? telegram.view : nil
        }
        return newer ?? simulator.read { $0.view }
    }
}
