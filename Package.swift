// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let lifecycleTesting: Target.Dependency = .product(
    name: "ServiceLifecycleTestKit",
    package: "swift-service-lifecycle"
)
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let ordered: Target.Dependency = .product(name: "OrderedCollections", package: "swift-collections")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioHTTPTypesHTTP1: Target.Dependency = .product(name: "NIOHTTPTypesHTTP1", package: "swift-nio-extras")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")

/// Asynchronous functions go on where they are called.
///
/// A request passes through twenty of them, and each change of executors would cost it 500 instructions.
let stays: [SwiftSetting] = [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]

/// A library target of this package with the settings that all of them share.
func layer(
    _ name: String,
    _ dependencies: [Target.Dependency] = [],
    path: String? = nil,
    exclude: [String] = [],
    resources: [Resource]? = nil,
    also extra: [SwiftSetting] = []
) -> Target {
    .target(
        name: name,
        dependencies: dependencies,
        path: path,
        exclude: exclude,
        resources: resources,
        swiftSettings: settings + extra
    )
}

/// The tests of one target.
func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(name)Tests",
        dependencies: [.target(name: name)] + dependencies,
        swiftSettings: settings
    )
}

let package = Package(
    name: "highscores",
    products: [
        .executable(name: "highscores", targets: ["highscores"])
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", exact: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", exact: "1.35.2"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // Level 0: C libraries, bytes and text without meaning.
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CLibCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        layer("CSV"),
        layer("Instruments"),
        // Apart from all else, since it changes with every commit.
        .plugin(name: "CommitPlugin", capability: .buildTool(), path: "Sources/CommitPlugin"),
        .target(name: "Version", swiftSettings: settings, plugins: [.plugin(name: "CommitPlugin")]),
        layer("JSON"),
        layer(
            "Migrations",
            path: "Migrations",
            resources: [
                .embedInCode("M0001_1_games.sql"),
                .embedInCode("M0001_2_players.sql"),
                .embedInCode("M0001_3_chats.sql"),
                .embedInCode("M0001_4_log.sql"),
                .embedInCode("M0001_5_boards.sql"),
                .embedInCode("M0001_6_deliveries.sql"),
            ]
        ),
        layer("Languages", resources: [.embedInCode("Catalogues")]),
        layer(
            "Pages",
            [crypto],
            resources: [
                .embedInCode("Chat"), .embedInCode("Game"), .embedInCode("Leaderboard"),
                .embedInCode("Plain"), .embedInCode("Script"), .embedInCode("icon.svg"),
            ]
        ),

        // Level 1: one concern each, unaware of one another.
        layer(
            "Postgres",
            ["Instruments", "CLibPQ", logging, lifecycle, deque],
            also: [.strictMemorySafety()]
        ),
        layer("Curl", ["CLibCurl", lifecycle, deque], also: [.strictMemorySafety()]),
        layer("Encodings", ["CZlib"]),
        layer("Leaderboards", []),
        layer("BotAPI", ["JSON"]),

        // Level 2: what stands on one of them: every SQL statement, tokens and keys, a server of one's own.
        layer("Storage", [crypto, "Postgres", "Leaderboards", "Migrations", logging, lifecycle]),
        layer("Tokens", ["Leaderboards", "Encodings", crypto]),
        layer(
            "LocalPostgres",
            ["CLibPQ", "Postgres", "Encodings", logging],
            also: [.strictMemorySafety()]
        ),

        // Level 3: the use cases.
        layer(
            "Scoring",
            [
                "Instruments", "Tokens", "Storage", "Postgres", "Leaderboards", "JSON", logging, lifecycle,
                deque, ordered,
            ],
            also: stays
        ),
        layer("Outbox", ["Storage", "Postgres", "Leaderboards", "BotAPI", "JSON", lifecycle]),

        // Level 4: the edges.
        layer("Operations", ["Tokens", "Scoring", "Storage", "Postgres", "Leaderboards", "JSON", crypto]),
        layer(
            "Web",
            [
                "Instruments", "Encodings", "Languages", "Tokens", hummingbirdCore,
                "Scoring", "Leaderboards", "BotAPI", "JSON", "Pages", hummingbird, httpTypes, nioCore,
                nioHTTP,
                nioHTTPTypesHTTP1, logging, lifecycle,
            ],
            resources: [.embedInCode("OpenAPI/openapi.json")],
            also: stays
        ),
        layer("Updates", ["Scoring", "Leaderboards", "BotAPI", "Languages", lifecycle], also: stays),
        layer(
            "Simulator",
            ["Encodings", "JSON", "Curl", "Pages", hummingbird, httpTypes, nioCore, logging, lifecycle]
        ),

        // Level 5 and up: what is seen, how it is wired, what is typed.
        layer(
            "Telemetry",
            ["Instruments", "Web", "Outbox", "Updates", "Scoring", "Leaderboards", "JSON", logging]
        ),
        layer(
            "Application",
            [
                "Tokens", "LocalPostgres",
                "Web", "Outbox", "Updates", "Operations", "Simulator", "Telemetry", "Scoring", "Storage",
                "Leaderboards", "BotAPI", "Curl", "Postgres", "Version", logging, lifecycle, signals,
            ]
        ),
        layer(
            "Bench",
            [
                "Scoring", "Tokens", "LocalPostgres", "Simulator", "Storage", "Leaderboards", "Postgres",
                "Curl", "JSON", logging,
            ]
        ),
        .executableTarget(
            name: "highscores",
            dependencies: [
                "LocalPostgres", "Tokens", "Version",
                "Application", "Bench", "Simulator", "Telemetry", "Outbox", "Updates", "Web", "Operations",
                "Scoring",
                "Storage",
                "Leaderboards", "BotAPI", "Postgres", "Curl", "Encodings", "CSV", "JSON", "Pages", arguments,
                logging,
                lifecycle,
                signals,
                nioCore,
            ],
            swiftSettings: settings
        ),

        // Tests.
        .target(
            name: "TestSupport",
            dependencies: ["Postgres", "Storage", "Leaderboards", "Curl", "JSON", logging],
            path: "Tests/TestSupport",
            swiftSettings: settings
        ),
        .target(
            name: "ScoringSupport",
            dependencies: [
                "Tokens",
                "Operations", "Outbox", "Scoring", "Storage", "Postgres", "Leaderboards", "TestSupport",
                logging,
                lifecycle,
            ],
            path: "Tests/ScoringSupport",
            swiftSettings: settings
        ),
        tests("Encodings", ["TestSupport"]),
        tests("CSV"),
        tests("JSON"),
        tests("Migrations", ["TestSupport", "Postgres"]),
        tests("Postgres", ["TestSupport", logging, lifecycle]),
        tests("Curl", ["TestSupport"]),
        tests("Tokens", ["TestSupport", "Encodings", "Leaderboards"]),
        tests("LocalPostgres", ["TestSupport", logging]),
        tests(
            "Telemetry",
            [
                "Instruments", "Outbox", "Web", "Updates", "TestSupport", "Scoring", logging, "Leaderboards",
                "JSON",
            ]
        ),
        tests("Leaderboards", ["TestSupport"]),
        tests("BotAPI", ["TestSupport", "JSON"]),
        tests("Storage", [logging, "TestSupport", "Postgres", "Leaderboards"]),
        tests(
            "Scoring",
            [
                "Instruments", "Tokens", "TestSupport", "ScoringSupport", "Operations", "Outbox", "Storage",
                "Postgres",
                "Leaderboards", logging, lifecycle,
            ]
        ),
        tests(
            "Operations",
            [
                "Tokens", "TestSupport", crypto,
                "ScoringSupport", "Scoring", "Outbox", "Storage", "Postgres", "Leaderboards", "CSV", "JSON",
                logging, lifecycle,
            ]
        ),
        tests(
            "Web",
            [
                "Instruments", "Encodings", "Languages", "Pages", "Tokens", "TestSupport", hummingbirdCore,
                "Scoring",
                "Leaderboards", "BotAPI", "JSON", hummingbird, httpTypes, nioCore, nioHTTP, nioPosix,
                nioEmbedded, logging, lifecycle,
            ]
        ),
        tests(
            "Outbox",
            [
                "Tokens", "TestSupport", "Scoring", "Storage", "Postgres", "Leaderboards", "BotAPI", "JSON",
                logging, lifecycle,
            ]
        ),
        tests(
            "Updates",
            ["JSON", "Languages", "TestSupport", "Scoring", "Leaderboards", "BotAPI", lifecycleTesting]
        ),
        tests("Languages"),
        tests("Pages", ["JSON", "TestSupport"]),
        tests("Simulator", ["JSON", "Curl", logging]),
        tests("Bench", ["JSON"]),
        tests(
            "Application",
            [
                "TestSupport",
                "Web", "Operations", "Outbox", "Scoring", "Storage", "Postgres", "Leaderboards", "BotAPI",
                logging,
            ]
        ),
        .testTarget(
            name: "CommandTests",
            dependencies: [
                "highscores", "Application", "Operations", "Scoring", "Storage", "Postgres", "Leaderboards",
                "BotAPI", "Encodings", "TestSupport",
                arguments,
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "Encodings", "Tokens", "highscores", "TestSupport", "Bench", "Simulator", "Pages", "Postgres",
                "Storage", "Leaderboards", "Curl", "JSON", crypto, logging,
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
