import NIOCore

/// Feeds a body that arrives while its request is being answered.
struct BodySource {
    typealias Parts = Producer
    typealias Producer = NIOThrowingAsyncSequenceProducer<
        ByteBuffer, any Error, NIOAsyncSequenceProducerBackPressureStrategies.HighLowWatermark, Demand
    >

    /// Tells of demand on the event loop.
    struct Demand: NIOAsyncSequenceProducerDelegate {
        let loop: any EventLoop
        let onDemand: @Sendable () -> Void

        func produceMore() { loop.execute(onDemand) }
        func didTerminate() { loop.execute(onDemand) }
    }

    private let source: Producer.Source

    /// Makes a body and what feeds it.
    ///
    /// - Parameter onDemand: Is called on it when there is room again after ``yield(_:)`` gave false, or nobody reads any more.
    /// - Returns: The body and its source.
    static func make(on loop: any EventLoop, onDemand: @escaping @Sendable () -> Void) -> (Parts, Self) {
        let made = Producer.makeSequence(
            backPressureStrategy: .init(lowWatermark: 1, highWatermark: 4),
            finishOnDeinit: true,
            delegate: Demand(loop: loop, onDemand: onDemand)
        )
        return (made.sequence, Self(source: made.source))
    }

    /// Passes a part on; one that nobody waits for any more is dropped.
    ///
    /// - Returns: Whether there is room for more.
    func yield(_ bytes: ByteBuffer) -> Bool { source.yield(bytes) != .stopProducing }

    /// The body is complete.
    func finish() { source.finish() }

    /// The body will not be complete.
    func cutOff() { source.finish(RequestCutOff()) }
}
