import Synchronization

/// One open stream's end of a watched leaderboard.
///
/// It holds the newest page only: a reader that is slow finds the pages between gone. Letting go of it closes it.
package final class BoardWatch: Sendable {
    /// What a stream is to tell next.
    package enum Event: Sendable {
        /// The leaderboard is now like that.
        case page(SharedPage)
        /// Nothing happened for a while; a sign of life keeps the connection open.
        case pulse
        /// The stream is over and may be asked for again.
        case end
    }

    private let mailbox: WatchMailbox
    private let onClose: @Sendable () -> Void

    init(_ mailbox: WatchMailbox, onClose: @escaping @Sendable () -> Void) {
        self.mailbox = mailbox
        self.onClose = onClose
    }

    deinit { close() }

    /// Waits for what is to be told next; one caller at a time.
    ///
    /// - Returns: The event, the page before all others; nil once the watch was closed or the task cancelled.
    package func next() async -> Event? {
        switch await mailbox.next() {
        case .event(let event): event
        case .refused, nil: nil
        }
    }

    /// Ends the watch, also while somebody waits for the next event.
    package func close() {
        mailbox.close()
        onClose()
    }
}

/// What waits to be told to one stream: never more than the newest page and one word.
final class WatchMailbox: Sendable {
    /// What is taken out.
    enum Item: Sendable {
        case event(BoardWatch.Event)
        /// The topic cannot be watched.
        case refused(Refusal)
    }

    private enum Ending {
        case told(Item)
        case closed
    }

    private struct State {
        var page: SharedPage?
        var version: UInt64 = 0
        var hasPulse = false
        var ending: Ending?
        var waiter: CheckedContinuation<Item?, Never>?

        /// Takes out what is to be told; nil inside where nothing ever will be, nil where nothing is there yet.
        mutating func take() -> Item?? {
            if case .closed = ending { return .some(nil) }
            if let page {
                (self.page, hasPulse) = (nil, false)
                return .event(.page(page))
            }
            if case .told(let item) = ending {
                ending = .closed
                return item
            }
            guard hasPulse else { return nil }
            hasPulse = false
            return .event(.pulse)
        }
    }

    private let state = Mutex(State())

    /// Leaves a page; an older one than the reader has, or has waiting, is dropped.
    func offer(_ page: SharedPage) {
        change { state in
            guard page.version > state.version else { return }
            (state.page, state.version) = (page, page.version)
        }
    }

    /// Puts back a page that was taken out and not told, unless a newer one has come.
    func putBack(_ page: SharedPage) {
        change { state in
            if state.page == nil { state.page = page }
        }
    }

    func pulse() { change { $0.hasPulse = true } }

    /// Tells that nothing comes after what is there.
    func end(_ item: Item = .event(.end)) {
        change { state in
            if state.ending == nil { state.ending = .told(item) }
        }
    }

    /// Throws away what is there; nobody will read it.
    func close() {
        change { state in
            state.ending = .closed
            state.page = nil
        }
    }

    /// Takes out what is to be told next, once there is something.
    func next() async -> Item? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                change { $0.waiter = continuation }
            }
        } onCancel: {
            close()
        }
    }

    /// Takes out what is there; nil where nothing is, nil inside where nothing ever will be.
    func takeNow() -> Item?? { state.withLock { $0.take() } }

    /// Changes what is there and hands it to whoever waits.
    private func change(_ body: (inout State) -> Void) {
        let handover = state.withLock { state -> (CheckedContinuation<Item?, Never>, Item?)? in
            body(&state)
            guard let waiter = state.waiter, let item = state.take() else { return nil }
            state.waiter = nil
            return (waiter, item)
        }
        if let (waiter, item) = handover { waiter.resume(returning: item) }
    }
}
