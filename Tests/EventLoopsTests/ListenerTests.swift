import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import EventLoops

@Suite struct ListenerTests {
    private let limit = EventLoopsLimits.acceptsPerTick

    private func listening(connectionLimit: Int = 1000) throws -> (ScriptedLoop, RecordingAcceptor, Listener) {
        let scripted = try ScriptedLoop(connectionLimit: connectionLimit)
        let acceptor = RecordingAcceptor()
        let listener = try Listener(at: .loopback(port: 0), acceptor: acceptor, on: scripted.loop)
        _ = scripted.kernel.takeCalls()
        return (scripted, acceptor, listener)
    }

    @Test func `a listener knows the port that the kernel chose`() throws {
        let (_, _, listener) = try listening()
        #expect(listener.address == .loopback(port: 8000))
    }

    @Test func `connections that wait to be accepted have a queue of the limit's length`() throws {
        let scripted = try ScriptedLoop()
        _ = try Listener(at: .loopback(port: 0), acceptor: RecordingAcceptor(), on: scripted.loop)
        #expect(
            scripted.kernel.takeCalls().first
                == .listen(.loopback(port: 0), backlog: EventLoopsLimits.listenBacklog))
    }

    @Test func `a port in use is reported and nothing stays open`() throws {
        let scripted = try ScriptedLoop()
        let error = SystemError("bind", number: EADDRINUSE)
        scripted.kernel.nextCallsFail(error)
        #expect(throws: error) {
            _ = try Listener(at: .loopback(port: 1), acceptor: RecordingAcceptor(), on: scripted.loop)
        }
        #expect(scripted.kernel.openDescriptors == [100])
    }

    @Test func `the queue is emptied, connections that are gone already are passed over`() throws {
        let (scripted, acceptor, _) = try listening()
        scripted.kernel.nextWait(reports: (101, .input))
        scripted.kernel.nextAccepts(.connection, .lostConnection, .connection, .wouldBlock)
        scripted.loop.tick()
        #expect(acceptor.connections.count == 2)
        #expect(acceptor.connections[0].peer == scripted.kernel.peer)
        #expect(scripted.loop.connectionCount == 2)
        let interest: Readiness = [.input, .peerFinished, .edgeTriggered]
        #expect(
            scripted.kernel.takeCalls() == [
                .wait(timeout: .never), .accept(101), .watch(102, interest), .accept(101), .accept(101),
                .watch(103, interest), .accept(101),
            ])
    }

    @Test func `a storm of connects is taken in portions`() throws {
        let (scripted, acceptor, _) = try listening()
        for _ in 0..<2 * limit { scripted.kernel.nextAccepts(.connection) }
        scripted.kernel.nextWait(reports: (101, .input))
        scripted.loop.tick()
        #expect(acceptor.connections.count == limit)
        scripted.kernel.nextWait(reports: (101, .input))
        scripted.loop.tick()
        #expect(acceptor.connections.count == 2 * limit)
    }

    @Test(arguments: [EMFILE, ENFILE, ENOBUFS, ENOMEM])
    func `without descriptors or memory a listener rests and goes on by itself`(_ number: Int32) throws {
        let (scripted, acceptor, listener) = try listening()
        let error = SystemError("accept4", number: number)
        scripted.kernel.nextWait(reports: (101, .input))
        scripted.kernel.nextAccepts(.exhausted(error))
        scripted.loop.tick()
        #expect(listener.pause == .exhausted(error))
        #expect(acceptor.pauses == [.exhausted(error)])
        #expect(
            scripted.kernel.takeCalls() == [.wait(timeout: .never), .accept(101), .rewatch(101, [])])
        // It is not asked again, and the loop waits for as long as the listener rests: nothing spins.
        let rest = EventLoopsLimits.acceptPause
        scripted.clock.advance(by: .milliseconds(40))
        scripted.loop.tick()
        #expect(scripted.kernel.takeCalls() == [.wait(timeout: rest - .milliseconds(40))])
        scripted.clock.advance(by: rest - .milliseconds(40) - Nanoseconds(1))
        scripted.loop.tick()
        #expect(listener.pause == .exhausted(error))
        _ = scripted.kernel.takeCalls()
        scripted.clock.advance(by: Nanoseconds(1))
        scripted.loop.tick()
        #expect(listener.pause == nil)
        #expect(scripted.kernel.takeCalls() == [.wait(timeout: .zero), .rewatch(101, .input)])
        scripted.kernel.nextWait(reports: (101, .input))
        scripted.kernel.nextAccepts(.connection)
        scripted.loop.tick()
        #expect(acceptor.connections.count == 1)
    }

    @Test func `at the limit of connections a listener rests until one closes`() throws {
        let (scripted, acceptor, listener) = try listening(connectionLimit: 2)
        scripted.kernel.nextAccepts(.connection, .connection, .connection)
        scripted.kernel.nextWait(reports: (101, .input))
        scripted.loop.tick()
        #expect(acceptor.connections.count == 2)
        #expect(acceptor.pauses == [.connectionLimit])
        #expect(scripted.kernel.takeCalls().last == .rewatch(101, []))
        scripted.loop.tick()
        #expect(scripted.kernel.takeCalls() == [.wait(timeout: .never)])
        acceptor.connections[0].socket.close(on: scripted.loop)
        #expect(listener.pause == nil)
        #expect(scripted.kernel.takeCalls() == [.close(102), .rewatch(101, .input)])
        scripted.kernel.nextWait(reports: (101, .input))
        scripted.loop.tick()
        #expect(acceptor.connections.count == 3)
    }

    @Test func `two listeners of one loop share the limit and both go on`() throws {
        let (scripted, acceptor, first) = try listening(connectionLimit: 1)
        let second = try Listener(at: .loopback(port: 0), acceptor: acceptor, on: scripted.loop)
        scripted.kernel.nextAccepts(.connection)
        scripted.kernel.nextWait(reports: (101, .input), (102, .input))
        scripted.loop.tick()
        #expect(first.pause == .connectionLimit)
        #expect(second.pause == .connectionLimit)
        acceptor.connections[0].socket.close(on: scripted.loop)
        #expect(first.pause == nil)
        #expect(second.pause == nil)
    }

    @Test func `closing takes every connection that waits, even over the limit`() throws {
        let (scripted, acceptor, listener) = try listening(connectionLimit: 1)
        listener.refuseNewConnections(on: scripted.loop)
        scripted.kernel.nextAccepts(.connection, .lostConnection, .connection, .connection)
        listener.close(on: scripted.loop)
        listener.close(on: scripted.loop)
        #expect(acceptor.connections.count == 3)
        let calls = scripted.kernel.takeCalls()
        #expect(calls.first == .refuseNewConnections(101))
        #expect(calls.suffix(2) == [.accept(101), .close(101)])
        #expect(scripted.kernel.openDescriptors == [100, 102, 103, 104])
    }

    @Test func `a listener that is closed while it rests does not come back`() throws {
        let (scripted, _, listener) = try listening()
        scripted.kernel.nextWait(reports: (101, .input))
        scripted.kernel.nextAccepts(.exhausted(SystemError("accept4", number: EMFILE)))
        scripted.loop.tick()
        listener.close(on: scripted.loop)
        _ = scripted.kernel.takeCalls()
        scripted.clock.advance(by: .seconds(1))
        scripted.loop.tick()
        #expect(scripted.kernel.takeCalls() == [.wait(timeout: .never)])
    }
}
