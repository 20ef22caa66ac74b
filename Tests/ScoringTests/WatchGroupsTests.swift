import Leaderboards
import Storage
import Synchronization
import Testing

import Operations
@testable import Scoring

/// Which streams are told what and what is read when, on clocks that tests move.
@Suite struct WatchGroupsTests {
    @Test func `streams that show the same share one reading and one page`() throws {
        var desk = Desk()
        let first = try desk.open()
        #expect(first.taken.isEmpty)
        let reading = try #require(desk.advance().first)
        let second = try desk.open()
        #expect(desk.advance().isEmpty)
        desk.finish(reading, total: 1)
        let third = try desk.open()
        #expect(desk.advance().isEmpty)
        #expect([first, second, third].map(\.taken) == [["1"], ["1"], ["1"]])
    }

    @Test(arguments: [
        BoardTopic(Desk.access, scope: .global), BoardTopic(Desk.access, window: .week),
        BoardTopic(Desk.access, limit: 11), BoardTopic(Desk.access(game: 2)),
        BoardTopic(Desk.access(chat: 6)),
    ])
    func `streams that show something else do not`(other: BoardTopic) throws {
        var desk = Desk()
        _ = try desk.open()
        _ = try desk.open(other)
        #expect(Set(desk.advance().map(\.topic)) == [Desk.topic, other])
    }

    @Test func `the global leaderboard is the same for all chats`() {
        #expect(BoardTopic(Desk.access, scope: .global) == BoardTopic(Desk.access(chat: 6), scope: .global))
    }

    // MARK: - Changes

    @Test func `changes that come together are one reading, a quarter of a second after the last`() throws {
        var desk = Desk()
        let stream = try desk.open()
        desk.readAll(total: 1)
        #expect(stream.taken == ["1"])
        for _ in 0..<5 { desk.changed() }
        #expect(desk.advance(by: .milliseconds(200)).isEmpty)
        for _ in 0..<5 { desk.changed() }
        desk.finish(try #require(desk.advance(by: .milliseconds(60)).first), total: 2)
        #expect(desk.advance(by: .milliseconds(500)).isEmpty)
        #expect(stream.taken == ["2"])
    }

    @Test func `a change after a silence is read at once`() throws {
        var desk = Desk()
        _ = try desk.open()
        desk.readAll(total: 1)
        desk.advance(by: .milliseconds(260))
        desk.changed()
        #expect(desk.advance().count == 1)
    }

    @Test func `a change during a reading is not lost`() throws {
        var desk = Desk()
        let stream = try desk.open()
        let reading = try #require(desk.advance().first)
        desk.changed()
        desk.finish(reading, total: 1)
        #expect(stream.taken == ["1"])
        desk.readAll(after: .milliseconds(260), total: 2)
        #expect(stream.taken == ["2"])
        #expect(desk.advance(by: .seconds(1)).isEmpty)
    }

    @Test func `streams are told at most four times a second however often a leaderboard changes`() throws {
        var desk = Desk()
        let stream = try desk.open()
        desk.readAll(total: 0)
        var times: [Int] = []
        for millisecond in 1...3000 {
            desk.changed()
            for reading in desk.advance(by: .milliseconds(1)) {
                desk.finish(reading, total: millisecond)
                times.append(millisecond)
            }
        }
        #expect(zip(times, times.dropFirst()).allSatisfy { $1 - $0 >= 250 })
        #expect(times.count == 11)
        #expect(stream.taken.last == "\(try #require(times.last))")
    }

    @Test func `what was read again and is the same is not told again`() throws {
        var desk = Desk()
        let stream = try desk.open()
        desk.readAll(total: 1)
        desk.changed()
        desk.readAll(after: .milliseconds(260), total: 1)
        #expect(stream.taken == ["1"])
    }

    @Test func `a slow reader gets the newest page only`() throws {
        var desk = Desk()
        let stream = try desk.open()
        desk.readAll(total: 1)
        for total in 2...5 {
            desk.changed()
            desk.readAll(after: .milliseconds(260), total: total)
        }
        #expect(stream.taken == ["5"])
    }

    @Test func `a change concerns the streams of its game and chat, and of all chats that are not known`()
        throws
    {
        var desk = Desk()
        let chat = Desk.topic
        let other = BoardTopic(Desk.access(chat: 6))
        let unknown = BoardTopic(Desk.access(chat: 7))
        let global = BoardTopic(Desk.access, scope: .global)
        let none = BoardTopic(Desk.access(chat: nil))
        let elsewhere = BoardTopic(Desk.access(game: 2))
        desk.chats = [chat: 50, other: 60, elsewhere: 50]
        for topic in [chat, other, unknown, global, none, elsewhere] { _ = try desk.open(topic) }
        desk.readAll(total: 1)
        desk.advance(by: .seconds(1))
        func concerned(_ chats: [Int64], _ includesGlobal: Bool) -> Set<BoardTopic> {
            desk.changed(chats, includesGlobal: includesGlobal)
            let topics = Set(desk.advance().map(\.topic))
            desk.finishAll(total: 1)
            desk.advance(by: .seconds(1))
            return topics
        }
        #expect(concerned([50], false) == [chat, unknown])
        #expect(concerned([50, 60], true) == [chat, other, unknown, global])
        #expect(concerned([], true) == [global])
        #expect(concerned([70], false) == [unknown])
        // Merged into another chat: the change names both, and the reading finds the one that stayed.
        desk.chats[chat] = 60
        #expect(concerned([50, 60], false) == [chat, other, unknown])
        #expect(concerned([50], false) == [unknown])
        #expect(concerned([60], false) == [chat, other, unknown])
    }

    @Test func `a chat that was found out is listened to before its leaderboard is read`() throws {
        var desk = Desk()
        _ = try desk.open()
        let reading = try #require(desk.advance().first)
        desk.groups.resolved(reading, to: ChatID(rawValue: 50))
        desk.changed([51])
        desk.finishReading(reading, total: 1)
        #expect(desk.advance(by: .seconds(1)).isEmpty)
        desk.changed([50])
        #expect(desk.advance().count == 1)
    }

    // MARK: - What changes beside submissions

    @Test func `everything is read anew when changes may have been missed`() throws {
        var desk = Desk()
        _ = try desk.open()
        _ = try desk.open(BoardTopic(Desk.access, scope: .global))
        desk.readAll(total: 1)
        desk.advance(by: .seconds(1))
        desk.groups.disconnected()
        #expect(desk.advance().isEmpty)
        desk.groups.connected()
        #expect(desk.advance().count == 2)
    }

    @Test func `while changes are not heard of, a stream is opened with a page that was read for it`() throws
    {
        var desk = Desk()
        _ = try desk.open()
        desk.readAll(total: 1)
        desk.advance(by: .seconds(1))
        desk.groups.disconnected()
        let stream = try desk.open()
        #expect(stream.taken.isEmpty)
        desk.readAll(total: 2)
        #expect(stream.taken == ["2"])
    }

    @Test func `a window that is over makes place for the next`() throws {
        var desk = Desk()
        let stream = try desk.open(BoardTopic(Desk.access, window: .day))
        _ = try desk.open()
        let midnight = desk.time + .seconds(10)
        for reading in desk.advance() {
            desk.finish(reading, total: 1, to: reading.topic.window == .day ? midnight : nil)
        }
        #expect(desk.advance(by: .milliseconds(9999)).isEmpty)
        let readings = desk.advance(by: .milliseconds(1))
        #expect(readings.map(\.topic.window) == [.day])
        for reading in readings { desk.finish(reading, total: 0, to: midnight + .seconds(86_400)) }
        #expect(stream.taken.filter { $0 != "." } == ["0"])
        #expect(desk.advance(by: .seconds(86_399)).isEmpty)
        #expect(desk.advance(by: .seconds(1)).count == 1)
    }

    @Test func `other settings of a game are shown`() throws {
        var desk = Desk()
        _ = try desk.open()
        _ = try desk.open(BoardTopic(Desk.access(game: 2)))
        desk.readAll(total: 1)
        desk.advance(by: .seconds(1))
        desk.groups.gamesChanged { Desk.game($0) }
        #expect(desk.advance().isEmpty)
        desk.groups.gamesChanged { Desk.game($0, title: $0.rawValue == 1 ? "Tetris 2" : "Tetris") }
        #expect(desk.advance().map(\.topic) == [Desk.topic])
    }

    // MARK: - Failures

    @Test func `a failed reading refuses those who open, and leaves the others what they have`() throws {
        var desk = Desk()
        let old = try desk.open()
        desk.readAll(total: 1)
        desk.advance(by: .seconds(1))
        desk.groups.disconnected()
        let new = try desk.open()
        let reading = try #require(desk.advance().first)
        desk.finish(reading, failing: .databaseUnavailable)
        #expect(new.taken == ["databaseUnavailable", "closed"])
        #expect(old.taken == ["1"])
        #expect(desk.groups.count == 1)
        #expect(desk.advance(by: .milliseconds(1999)).isEmpty)
        desk.readAll(after: .milliseconds(1), total: 2)
        #expect(old.taken == ["2"])
    }

    @Test(arguments: [Refusal.noSuchWindow("season"), .notFound("game")])
    func `what can no longer be shown ends`(refusal: Refusal) throws {
        var desk = Desk()
        let old = try desk.open()
        desk.readAll(total: 1)
        desk.advance(by: .seconds(1))
        desk.changed()
        let reading = try #require(desk.advance().first)
        desk.finish(reading, failing: refusal)
        #expect(old.taken == ["1", "end", "closed"])
        #expect(desk.groups.isEmpty)
    }

    @Test func `nobody waits longer than promised for the first page`() throws {
        var desk = Desk()
        let stream = try desk.open()
        let reading = try #require(desk.advance().first)
        for _ in 0..<4 { desk.advance(by: .seconds(1)) }
        #expect(stream.taken == ["databaseUnavailable", "closed"])
        #expect(desk.groups.isEmpty)
        // The reading that was late is for nobody; whoever comes now gets one of their own.
        let next = try desk.open()
        desk.finishReading(reading, total: 1)
        desk.readAll(total: 2)
        #expect(next.taken == ["2"])
    }

    // MARK: - Bounds

    @Test func `topics are read a few at a time, in the order in which they changed`() throws {
        var limits = WatchLimits()
        limits.concurrentReadings = 4
        var desk = Desk(limits)
        let topics = (1...10).map { BoardTopic(Desk.access(game: Int64($0))) }
        for topic in topics { _ = try desk.open(topic) }
        var order: [BoardTopic] = []
        while order.count < 10 {
            let readings = desk.advance()
            #expect(desk.groups.readings <= 4)
            order += readings.map(\.topic)
            desk.finish(try #require(desk.begun.first), total: 1)
        }
        #expect(order == topics)
    }

    @Test func `no more streams are opened than allowed`() throws {
        var limits = WatchLimits()
        limits.capacity = 2
        var desk = Desk(limits)
        let first = try desk.open()
        _ = try desk.open()
        #expect(throws: Refusal.overloaded) { try desk.open() }
        desk.close(first)
        _ = try desk.open()
        #expect(desk.groups.count == 2)
    }

    @Test func `a topic that nobody watches is forgotten`() throws {
        var desk = Desk()
        let stream = try desk.open()
        let reading = try #require(desk.advance().first)
        desk.close(stream)
        desk.close(stream)
        #expect(desk.groups.isEmpty)
        #expect(desk.groups.count == 0)
        desk.finish(reading, total: 1)
        desk.changed()
        #expect(desk.advance(by: .seconds(60)).isEmpty)
        #expect(desk.groups.nextAdvance == nil)
    }

    // MARK: - Time

    @Test func `every stream gives a sign of life every 15 seconds, and not all at once`() throws {
        var desk = Desk()
        let streams = try (0..<30).map { _ in try desk.open() }
        desk.readAll(total: 1)
        for stream in streams { _ = stream.taken }
        var counts: [Int] = []
        for _ in 0..<15 {
            desk.advance(by: .seconds(1))
            counts.append(streams.count { $0.taken == ["."] })
        }
        #expect(counts == Array(repeating: 2, count: 15))
    }

    @Test func `a stream that has no page yet needs no sign of life, however long that takes`() throws {
        var limits = WatchLimits()
        limits.openingTimeout = .seconds(60)
        var desk = Desk(limits)
        let stream = try desk.open()
        let reading = try #require(desk.advance().first)
        for _ in 0..<30 { desk.advance(by: .seconds(1)) }
        #expect(stream.taken.isEmpty)
        desk.finish(reading, total: 1)
        #expect(stream.taken == ["1"])
    }

    @Test func `a stream ends when the right to it does`() throws {
        var desk = Desk()
        let stream = try desk.open(expiresIn: .seconds(60))
        desk.readAll(total: 1)
        for _ in 0..<59 { desk.advance(by: .seconds(1)) }
        #expect(desk.groups.count == 1)
        for _ in 0..<15 { desk.advance(by: .seconds(1)) }
        #expect(desk.groups.isEmpty)
        #expect(stream.taken == ["1", "end", "closed"])
    }

    @Test func `at the end everybody is told so, and nobody comes in`() throws {
        var desk = Desk()
        let old = try desk.open()
        desk.readAll(total: 1)
        let new = try desk.open(BoardTopic(Desk.access, scope: .global))
        for (watcher, event) in desk.groups.end() { watcher.post(event) }
        #expect(old.taken == ["1", "end", "closed"])
        #expect(new.taken == ["overloaded", "closed"])
        #expect(throws: Refusal.overloaded) { try desk.open() }
    }
}
