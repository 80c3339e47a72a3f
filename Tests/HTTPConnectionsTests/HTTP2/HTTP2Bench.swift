import LinuxSystem
import TestSupport

@testable import EventLoops
@testable import HTTPConnections

/// A loop on a scripted kernel with one connection that has begun to speak HTTP/2, whose descriptor is `socket`.
final class HTTP2Bench {
    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    let kernel = ScriptedKernel()
    let clock = FakeClock()
    let handler = PathHandler()
    let loop: EventLoop
    let http: HTTPLoop
    let listener: Listener
    let socket: Int32 = 102
    private final class Box { var count = 0 }
    private let drained = Box()

    /// - Parameter begins: sends the preface, the client's settings, and that it knows the server's.
    /// - Parameter other: answers instead of `handler`.
    init(
        _ limits: HTTPLimits = HTTPLimits(), begins: Bool = true, handler other: (any HTTPRequestHandler)? = nil
    ) throws {
        loop = try EventLoop(kernel: kernel, clock: clock)
        let drained = drained
        http = HTTPLoop(on: loop, limits: limits, handler: other ?? handler) { drained.count += 1 }
        loop.addTickObserver(http)
        listener = try Listener(at: .loopback(port: 0), acceptor: http, on: loop)
        kernel.nextAccepts(.connection)
        kernel.nextWait(reports: (101, .input))
        loop.tick()
        guard begins else { return }
        let acknowledgement = HTTP2Frame(.settings, flags: HTTP2Frame.acknowledgement)
        arrive(Self.preface + HTTP2Frame.settings().bytes + acknowledgement.bytes)
        _ = takeFrames()
    }

    var drainedCount: Int { drained.count }
    var isOpen: Bool { kernel.openDescriptors.contains(socket) }

    /// Lets bytes arrive and runs one tick.
    func arrive(_ bytes: [UInt8]) {
        kernel.nextWait(reports: (socket, .input))
        kernel.nextReceives(.bytes(bytes))
        loop.tick()
    }

    func arrive(_ frames: HTTP2Frame...) { arrive(frames.flatMap(\.bytes)) }

    func arrive(_ frames: [HTTP2Frame]) { arrive(frames.flatMap(\.bytes)) }

    /// Lets time pass and runs one tick.
    func pass(_ time: Nanoseconds) {
        clock.advance(by: time)
        loop.tick()
    }

    /// What was sent since the last look, by system call.
    func takeSends() -> [[UInt8]] {
        kernel.takeCalls().compactMap { call in
            if case .send(_, let bytes) = call { bytes } else { nil }
        }
    }

    /// The frames that were sent since the last look.
    func takeFrames() -> [HTTP2Frame] { HTTP2Frame.read(takeSends().flatMap { $0 }) }
}
