import Instruments
import NIOCore

/// Takes the requests of one connection from its ``ConnectionHandler``, on the connection's event loop.
protocol RequestReceiver: AnyObject {
    /// Whether there is room; while there is none, nothing is read from the connection.
    var takesMore: Bool { get }

    func headArrived(_ head: RequestHead, _ request: RequestName)
    func bodyArrived(_ bytes: ByteBuffer)
    func requestEnded()
    /// All that was read together has been passed on.
    func arrivalsPaused()
    /// The request that is arriving will not come to its end.
    func requestWasCutOff()
    /// The request that is arriving will not come to its end, and waits for the answers before it: it gets none.
    func requestWasWithdrawn()
    /// The client, which was behind, has taken what was sent.
    func answersAreTaken()
    /// The client will send nothing more.
    func inputEnded()
    /// The connection is closed.
    func connectionEnded()
}
