import HTTPTypes
import NIOCore

/// Takes the requests of one connection from its ``ConnectionHandler``, on the connection's event loop.
protocol RequestReceiver: AnyObject {
    /// Whether there is room; while there is none, nothing is read from the connection.
    var takesMore: Bool { get }

    func headArrived(_ head: HTTPRequest)
    func bodyArrived(_ bytes: ByteBuffer)
    func requestEnded()
    /// All that was read together has been passed on.
    func arrivalsPaused()
    /// The request that is arriving will not come to its end.
    func requestWasCutOff()
    /// The client will send nothing more.
    func inputEnded()
    /// The connection is closed.
    func connectionEnded()
}
