import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import EventLoops

// The test plays the kernel and compares the exact sequence of system calls.
@Suite struct StreamSocketTests {
    private let limit = EventLoopsLimits.receiveByteCount
    private let bytes = Array("request".utf8)

    private func connected() throws -> (ScriptedLoop, RecordingConnection, Listener) {
        let scripted = try ScriptedLoop()
        let acceptor = RecordingAcceptor()
        let listener = try scripted.acceptOne(acceptor)
        return (scripted, try #require(acceptor.connections.first), listener)
    }

    @Test func `a request costs one wait, one receive and one send`() throws {
        let (scripted, connection, _) = try connected()
        connection.actOnInput = { connection, loop in
            #expect(connection.send(connection.received, on: loop) == .sentAll)
        }
        scripted.kernel.nextWait(reports: (102, .input))
        scripted.kernel.nextReceives(.bytes(bytes))
        scripted.loop.tick()
        #expect(
            scripted.kernel.takeCalls() == [.wait(timeout: .never), .receive(102, limit: limit), .send(102, bytes)])
    }

    @Test func `a receive that fills the buffer is followed by another`() throws {
        let (scripted, connection, _) = try connected()
        scripted.kernel.nextWait(reports: (102, .input))
        scripted.kernel.nextReceives(.bytes([UInt8](repeating: 7, count: limit)), .wouldBlock)
        scripted.loop.tick()
        #expect(connection.outcomes == [.received(limit), .wouldBlock])
        #expect(connection.received.count == limit)
        #expect(!connection.mayHoldInput(on: scripted.loop))
    }

    @Test func `readiness without bytes ends in one receive`() throws {
        let (scripted, connection, _) = try connected()
        scripted.kernel.nextWait(reports: (102, .input))
        scripted.loop.tick()
        #expect(connection.outcomes == [.wouldBlock])
        #expect(!connection.mayHoldInput(on: scripted.loop))
    }

    @Test func `bytes and the end that arrive together are both received from one event`() throws {
        let (scripted, connection, _) = try connected()
        scripted.kernel.nextWait(reports: (102, [.input, .peerFinished]))
        scripted.kernel.nextReceives(.bytes(bytes), .ended)
        scripted.loop.tick()
        #expect(connection.news == [.input])
        #expect(connection.outcomes == [.received(bytes.count), .ended])
        #expect(scripted.kernel.takeCalls().last == .close(102))
    }

    @Test func `an end that comes after the bytes is an event of its own`() throws {
        let (scripted, connection, _) = try connected()
        scripted.kernel.nextWait(reports: (102, .input))
        scripted.kernel.nextWait(reports: (102, [.input, .peerFinished]))
        scripted.kernel.nextReceives(.bytes(bytes), .ended)
        scripted.loop.tick()
        #expect(connection.outcomes == [.received(bytes.count)])
        scripted.loop.tick()
        #expect(connection.outcomes == [.received(bytes.count), .ended])
    }

    @Test func `both directions over is told as input, so that the end is received`() throws {
        let (scripted, connection, _) = try connected()
        scripted.kernel.nextWait(reports: (102, .hangUp))
        scripted.kernel.nextReceives(.ended)
        scripted.loop.tick()
        #expect(connection.news == [.input])
        #expect(connection.outcomes == [.ended])
    }

    @Test func `a failed connection is told once, whatever else is reported with it`() throws {
        let (scripted, connection, _) = try connected()
        scripted.kernel.nextWait(reports: (102, [.input, .output, .peerFinished, .hangUp, .failure]))
        scripted.loop.tick()
        #expect(connection.news == [.failure])
        #expect(scripted.kernel.takeCalls() == [.wait(timeout: .never), .close(102)])
        #expect(scripted.loop.connectionCount == 0)
    }

    @Test func `a receive that fails leaves nothing to receive`() throws {
        let (scripted, connection, _) = try connected()
        connection.closesAtEnd = false
        scripted.kernel.nextWait(reports: (102, .input))
        scripted.kernel.nextReceives(.failed(SystemError("recv", number: ECONNRESET)))
        scripted.loop.tick()
        #expect(connection.outcomes == [.failed(SystemError("recv", number: ECONNRESET))])
        #expect(!connection.mayHoldInput(on: scripted.loop))
    }

    @Test func `a handler that receives later finds that input was remembered`() throws {
        let (scripted, connection, _) = try connected()
        connection.receivesAll = false
        scripted.kernel.nextWait(reports: (102, .input))
        scripted.loop.tick()
        scripted.loop.tick()
        #expect(connection.news == [.input])
        #expect(connection.mayHoldInput(on: scripted.loop))
        scripted.kernel.nextReceives(.bytes(bytes))
        connection.receiveAll(on: scripted.loop)
        #expect(connection.received == bytes)
        #expect(!connection.mayHoldInput(on: scripted.loop))
    }

    @Test func `a handler that asks is called again in a tick that does not wait`() throws {
        let (scripted, connection, _) = try connected()
        connection.receivesAll = false
        connection.actOnInput = { connection, loop in
            if connection.news.count < 3 {
                connection.socket.callAgain(on: loop)
                connection.socket.callAgain(on: loop)
            }
        }
        scripted.kernel.nextWait(reports: (102, .input))
        for _ in 0..<4 { scripted.loop.tick() }
        #expect(connection.news == [.input, .input, .input])
        #expect(
            scripted.kernel.takeCalls() == [
                .wait(timeout: .never), .wait(timeout: .zero), .wait(timeout: .zero), .wait(timeout: .never),
            ])
    }

    @Test func `receiving into a connection's own buffer asks for no more than told`() throws {
        let (scripted, connection, _) = try connected()
        connection.receivesAll = false
        scripted.kernel.nextWait(reports: (102, .input))
        scripted.kernel.nextReceives(.bytes([1, 2]), .bytes([3]))
        scripted.loop.tick()
        var own = ByteBuffer()
        #expect(connection.receive(into: &own, limit: 2, on: scripted.loop) == .received(2))
        #expect(connection.mayHoldInput(on: scripted.loop))
        #expect(connection.receive(into: &own, limit: 2, on: scripted.loop) == .received(1))
        #expect(!connection.mayHoldInput(on: scripted.loop))
        #expect(own.count == 3)
    }

    @Test func `output is awaited after a partial send, and registered only once`() throws {
        let (scripted, connection, _) = try connected()
        let interest: Readiness = [.input, .peerFinished, .edgeTriggered]
        scripted.kernel.nextSends(.sent(3), .wouldBlock, .sent(7))
        #expect(connection.send(bytes, on: scripted.loop) == .sentPart(3))
        #expect(scripted.kernel.takeCalls() == [.send(102, bytes), .rewatch(102, interest.union(.output))])
        #expect(connection.send(bytes, on: scripted.loop) == .sentPart(0))
        #expect(scripted.kernel.takeCalls() == [.send(102, bytes)])
        scripted.kernel.nextWait(reports: (102, .output))
        scripted.loop.tick()
        #expect(connection.news == [.output])
        #expect(connection.send(bytes, on: scripted.loop) == .sentAll)
        // The socket stays watched for output, but nobody awaits it.
        scripted.kernel.nextWait(reports: (102, [.input, .output]))
        scripted.loop.tick()
        #expect(connection.news == [.output, .input])
    }

    @Test func `three runs of bytes leave in one call`() throws {
        let (scripted, connection, _) = try connected()
        let head: [UInt8] = [1, 2]
        let body: [UInt8] = [3, 4, 5]
        let tail: [UInt8] = [6]
        #expect(connection.send(head, body, tail, on: scripted.loop) == .sentAll)
        #expect(scripted.kernel.takeCalls() == [.send(102, [1, 2, 3, 4, 5, 6])])
    }

    @Test func `nothing to send costs no call`() throws {
        let (scripted, connection, _) = try connected()
        #expect(connection.send(on: scripted.loop) == .sentAll)
        #expect(scripted.kernel.takeCalls() == [])
    }

    @Test func `a send to a lost connection fails`() throws {
        let (scripted, connection, _) = try connected()
        let error = SystemError("send", number: EPIPE)
        scripted.kernel.nextSends(.failed(error))
        #expect(connection.send(bytes, on: scripted.loop) == .failed(error))
    }

    @Test func `a half-closed connection still receives`() throws {
        let (scripted, connection, _) = try connected()
        connection.socket.finishSending(on: scripted.loop)
        scripted.kernel.nextWait(reports: (102, .input))
        scripted.kernel.nextReceives(.bytes(bytes))
        scripted.loop.tick()
        #expect(connection.received == bytes)
        #expect(scripted.kernel.takeCalls().first == .finishSending(102))
    }

    @Test func `closing twice closes once`() throws {
        let (scripted, connection, _) = try connected()
        connection.socket.close(on: scripted.loop)
        connection.socket.close(on: scripted.loop)
        #expect(scripted.kernel.takeCalls() == [.close(102)])
        #expect(!connection.isOpen)
        #expect(scripted.loop.connectionCount == 0)
    }

    @Test func `the loop lets go of a handler whose socket is closed`() throws {
        let scripted = try ScriptedLoop()
        let acceptor = RecordingAcceptor()
        let listener = try scripted.acceptOne(acceptor)
        weak let connection = acceptor.connections[0]
        acceptor.connections = []
        #expect(connection != nil)
        connection?.socket.close(on: scripted.loop)
        #expect(connection == nil)
        listener.close(on: scripted.loop)
    }

    @Test func `a socket that cannot be watched is given back`() throws {
        let scripted = try ScriptedLoop()
        let acceptor = RecordingAcceptor()
        let listener = try Listener(at: .loopback(port: 0), acceptor: acceptor, on: scripted.loop)
        scripted.kernel.nextCallsFail(SystemError("epoll_ctl", number: ENOSPC))
        scripted.kernel.nextWait(reports: (101, .input))
        scripted.kernel.nextAccepts(.connection)
        scripted.loop.tick()
        #expect(scripted.loop.connectionCount == 0)
        #expect(scripted.kernel.openDescriptors == [100, 101])
        listener.close(on: scripted.loop)
    }
}
