import CLibCurl

/// The life of the loop's thread: takes requests, lets libcurl work, hands outcomes back, sleeps.
@safe
final class LoopThread {
    private let loop: TransferLoop
    private let multi: MultiHandle
    private let configuration: CurlClient.Configuration
    private var active: [UInt64: Transfer] = [:]

    init(loop: TransferLoop, multi: MultiHandle, configuration: CurlClient.Configuration) {
        self.loop = loop
        self.multi = multi
        self.configuration = configuration
    }

    /// Works until the loop is told to stop.
    func run() {
        while let work = loop.takeWork() {
            work.starting.forEach(begin)
            for identifier in work.cancelled {
                // Absent when the response came first.
                if let transfer = active[identifier] {
                    end(transfer, transfer.outcome(givenUp: .cancelled))
                }
            }
            guard multi.perform() else {
                endAll(.other)
                continue
            }
            while let (identifier, result) = multi.nextCompletion() {
                if let transfer = active[identifier] {
                    end(transfer, transfer.outcome(result))
                }
            }
            if !multi.sleep(atMost: loop.idleTime()) {
                endAll(.other)
            }
        }
        endAll(.shutDown)
        multi.close()
        loop.didStop()
    }

    private func begin(_ exchange: Exchange) {
        guard exchange.deadline > .now else {
            loop.finish(exchange, .failure(CurlError(.timedOut, origin: exchange.origin.description)))
            return
        }
        guard let transfer = multi.makeTransfer(exchange, configuration), multi.add(transfer) else {
            loop.finish(exchange, .failure(CurlError(.other, origin: exchange.origin.description)))
            return
        }
        active[exchange.identifier] = transfer
    }

    private func end(_ transfer: Transfer, _ outcome: Exchange.Outcome) {
        multi.remove(transfer)
        active[transfer.exchange.identifier] = nil
        loop.finish(transfer.exchange, outcome)
    }

    private func endAll(_ code: CurlError.Code) {
        for transfer in active.values {
            end(transfer, transfer.outcome(givenUp: code))
        }
    }
}
