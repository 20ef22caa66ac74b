import NIOCore

/// Runs the code of tasks on the thread of an event loop.
///
/// A request that is answered where it was read costs no change of threads and no waking of one. Code that computes for long,
/// or blocks, has no place there; the layers below keep theirs on executors of their own.
final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) { self.loop = loop }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
