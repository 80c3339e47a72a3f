import Glibc
import Testing

@testable import LinuxSystem

// What the event loops rely on, asked of the kernel of this machine.
@Suite struct LinuxKernelTests {
    private let kernel = LinuxKernel()
    private let clock = SystemClock()

    @Test func `a signal is news each time, although it is never read`() throws {
        let poll = try kernel.makePoll()
        let signal = try kernel.makeSignal()
        try kernel.watch(signal, for: [.input, .edgeTriggered], tag: 7, in: poll)
        var events = PollEventBuffer(capacity: 4)
        for _ in 0..<3 {
            kernel.signal(signal)
            kernel.waitForEvents(in: poll, timeout: .seconds(10), into: &events)
            #expect(events.count == 1)
            #expect(events[0] == PollEvent(readiness: .input, tag: 7))
            kernel.waitForEvents(in: poll, timeout: .zero, into: &events)
            #expect(events.count == 0)
        }
    }

    @Test(arguments: [Nanoseconds.microseconds(300), .milliseconds(3)], [true, false])
    func `waiting takes as long as it was told, also without precise waits`(
        _ timeout: Nanoseconds, _ lacksPreciseWait: Bool
    ) throws {
        let kernel = LinuxKernel(lacksPreciseWait: lacksPreciseWait)
        let poll = try kernel.makePoll()
        var events = PollEventBuffer(capacity: 1)
        let start = clock.now()
        kernel.waitForEvents(in: poll, timeout: timeout, into: &events)
        #expect(events.count == 0)
        #expect(clock.now() - start >= timeout)
    }

    @Test func `a descriptor that is watched for nothing makes no news until it is watched again`() throws {
        let poll = try kernel.makePoll()
        let signal = try kernel.makeSignal()
        var events = PollEventBuffer(capacity: 4)
        try kernel.watch(signal, for: .input, tag: 1, in: poll)
        kernel.signal(signal)
        try kernel.rewatch(signal, for: [], tag: 1, in: poll)
        kernel.waitForEvents(in: poll, timeout: .zero, into: &events)
        #expect(events.count == 0)
        try kernel.rewatch(signal, for: .input, tag: 2, in: poll)
        kernel.waitForEvents(in: poll, timeout: .zero, into: &events)
        #expect(events.count == 1 && events[0].tag == 2)
    }

    @Test func `a descriptor is closed when its owner lets go`() throws {
        let number: Int32
        do {
            let signal = try kernel.makeSignal()
            number = signal.number
            #expect(fcntl(number, F_GETFD) == FD_CLOEXEC)
        }
        // Another test may have been given the number since, but hardly a whole series of them.
        let reopened = try kernel.makeSignal()
        #expect(reopened.number <= number + 64)
    }

    @Test func `two listeners share a port, a third without permission to share does not`() throws {
        let first = try kernel.listen(at: .loopback(port: 0), backlog: 16)
        let address = try kernel.localAddress(of: first)
        #expect(address.port != 0)
        let second = try kernel.listen(at: address, backlog: 16)
        #expect(try kernel.localAddress(of: second) == address)
    }

    @Test func `an address of another machine is refused`() throws {
        let address = try #require(SocketAddress("192.0.2.1", port: 0))
        #expect(throws: SystemError("bind", number: EADDRNOTAVAIL)) {
            _ = try kernel.listen(at: address, backlog: 16)
        }
    }

    @Test func `an empty queue of connections would block`() throws {
        let listener = try kernel.listen(at: .loopback(port: 0), backlog: 16)
        switch kernel.accept(from: listener) {
        case .wouldBlock: break
        default: Issue.record("nobody has connected")
        }
    }

    @Test func `bytes pass through a connection in three runs, then its end`() throws {
        let listener = try kernel.listen(at: .loopback(port: 0), backlog: 16)
        let address = try kernel.localAddress(of: listener)
        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { Glibc.close(client) }
        let result = unsafe address.withKernelAddress { unsafe connect(client, $0, $1) }
        #expect(result == 0)
        switch kernel.accept(from: listener) {
        case .accepted(let connection, let peer):
            #expect(peer.host == "127.0.0.1" && peer.port != 0)
            var sendsAtOnce: Int32 = 0
            var size = socklen_t(4)
            // The option's value is an `int`; TCP is protocol 6. The option comes from the listening socket.
            #expect(unsafe getsockopt(connection.number, 6, TCP_NODELAY, &sendsAtOnce, &size) == 0)
            #expect(sendsAtOnce == 1)
            var buffer = ByteBuffer()
            #expect(kernel.receive(from: connection, into: &buffer, limit: 10) == .wouldBlock)
            let first: [UInt8] = [1, 2]
            let third: [UInt8] = [3]
            let sent = kernel.send(to: connection, first.span, Span(), third.span)
            #expect(sent == .sent(3))
            var bytes = [UInt8](repeating: 0, count: 10)
            // The array has room for ten bytes.
            let count = unsafe recv(client, &bytes, 10, 0)
            #expect(count == 3)
            #expect(bytes.prefix(3) == [1, 2, 3])
            // The kernel reads three bytes of the array.
            #expect(unsafe Glibc.send(client, &bytes, 3, 0) == 3)
            shutdown(client, Int32(SHUT_WR))
            #expect(kernel.receive(from: connection, into: &buffer, limit: 2) == .received(2))
            #expect(kernel.receive(from: connection, into: &buffer, limit: 2) == .received(1))
            #expect(kernel.receive(from: connection, into: &buffer, limit: 2) == .ended)
            #expect(buffer.count == 3)
            kernel.finishSending(to: connection)
            #expect(unsafe recv(client, &bytes, 10, 0) == 0)
            // Sending after the end is an error of the call, not a signal that ends the process.
            let late = kernel.send(to: connection, first.span, Span(), Span())
            #expect(late == .failed(SystemError("send", number: EPIPE)))
        default: Issue.record("a client has connected")
        }
    }
}
