import Synchronization

/// One open stream of a watched leaderboard, and what waits to be told to it: the newest page and one word at most.
///
/// A reader that is slow finds the pages between gone. Letting go of it closes it.
package final class BoardWatch: Sendable {
    /// What a stream is to tell next.
    package enum Event: Sendable {
        /// The leaderboard is now like that.
        case page(SharedPage)
        /// Nothing happened for a while; a sign of life keeps the connection open.
        case pulse
        /// The stream is over and may be asked for again; a reason is there where it had no page yet.
        case end(Refusal?)
    }

    private struct State {
        var page: SharedPage?
        var version: UInt64 = 0
        var hasPulse = false
        var end: Event?
        var isClosed = false
        var waiter: CheckedContinuation<Event?, Never>?
        var onClose: (@Sendable () -> Void)?

        /// Takes out what is to be told; nil inside where nothing ever will be, nil where nothing is there yet.
        mutating func take() -> Event?? {
            if isClosed { return .some(nil) }
            if let page {
                (self.page, hasPulse) = (nil, false)
                return .page(page)
            }
            if let end {
                isClosed = true
                return end
            }
            guard hasPulse else { return nil }
            hasPulse = false
            return .pulse
        }
    }

    private let state = Mutex(State())

    deinit { close() }

    /// Waits for what is to be told next, a page before all else; one caller at a time.
    ///
    /// - Returns: The event; nil once the watch was closed or the task cancelled.
    package func next() async -> Event? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                change { $0.waiter = continuation }
            }
        } onCancel: {
            change { $0.isClosed = true }
        }
    }

    /// Ends the watch, also while somebody waits for the next event.
    package func close() {
        let onClose = state.withLock { state in
            defer { state.onClose = nil }
            return state.onClose
        }
        change { state in
            state.isClosed = true
            state.page = nil
        }
        onClose?()
    }

    /// Sets what is done once when the watch is closed.
    func onClose(_ body: @escaping @Sendable () -> Void) { state.withLock { $0.onClose = body } }

    /// Leaves something to be told; a page that is older than what the reader has, or has waiting, is dropped, and so
    /// is a second end.
    func post(_ event: Event) {
        change { state in
            switch event {
            case .page(let page):
                guard page.version > state.version else { return }
                (state.page, state.version) = (page, page.version)
            case .pulse: state.hasPulse = true
            case .end: state.end = state.end ?? event
            }
        }
    }

    /// Puts back a page that was taken out and not told, unless a newer one has come.
    func putBack(_ page: SharedPage) {
        change { state in
            if state.page == nil { state.page = page }
        }
    }

    /// Takes out what is there; nil where nothing is, nil inside where nothing ever will be.
    func takeNow() -> Event?? { state.withLock { $0.take() } }

    /// Changes what is there and hands it to whoever waits.
    private func change(_ body: (inout State) -> Void) {
        let handover = state.withLock { state -> (CheckedContinuation<Event?, Never>, Event?)? in
            body(&state)
            guard let waiter = state.waiter, let event = state.take() else { return nil }
            state.waiter = nil
            return (waiter, event)
        }
        if let (waiter, event) = handover { waiter.resume(returning: event) }
    }
}
