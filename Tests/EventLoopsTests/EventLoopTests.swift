import LinuxSystem
import TestSupport
import Testing

@testable import EventLoops

@Suite struct EventLoopTests {
    private final class Recorder: TimerHandler, TickObserver {
        var log: [String] = []
        var continuations: [TickContinuation] = []
        var actWhenFired: ((EventLoop) -> Void)?

        func timerFired(on loop: EventLoop) {
            log.append("timer")
            actWhenFired?(loop)
        }

        func tickEnded(on loop: EventLoop) -> TickContinuation {
            log.append("end")
            return continuations.isEmpty ? .wait : continuations.removeFirst()
        }
    }

    @Test func `an interrupted wait is a tick without events`() throws {
        let scripted = try ScriptedLoop()
        let recorder = Recorder()
        scripted.loop.addTickObserver(recorder)
        scripted.loop.tick()
        #expect(recorder.log == ["end"])
        #expect(scripted.kernel.takeCalls() == [.wait(timeout: .never)])
    }

    @Test func `a wait reports no more events than its limit, the rest comes with the next`() throws {
        let scripted = try ScriptedLoop()
        let acceptor = RecordingAcceptor()
        _ = try scripted.acceptOne(acceptor)
        let tag = try #require(scripted.kernel.tag(of: 102))
        let news = PollEvent(readiness: .input, tag: tag)
        let limit = EventLoopsLimits.eventsPerWait
        scripted.kernel.nextWait(reports: Array(repeating: news, count: limit + 1))
        scripted.loop.tick()
        #expect(acceptor.connections[0].news.count == limit)
        scripted.loop.tick()
        #expect(acceptor.connections[0].news.count == limit + 1)
    }

    @Test func `a tick handles events, then timers, then ends`() throws {
        let scripted = try ScriptedLoop()
        let acceptor = RecordingAcceptor()
        _ = try scripted.acceptOne(acceptor)
        let recorder = Recorder()
        scripted.loop.addTickObserver(recorder)
        acceptor.connections[0].actOnInput = { _, _ in recorder.log.append("input") }
        _ = scripted.loop.arm(recorder, at: scripted.loop.now + .milliseconds(1))
        scripted.clock.advance(by: .milliseconds(1))
        scripted.kernel.nextWait(reports: (102, .input))
        scripted.loop.tick()
        #expect(recorder.log == ["input", "timer", "end"])
    }

    @Test func `an observer with more work makes the next tick look without waiting`() throws {
        let scripted = try ScriptedLoop()
        let busy = Recorder()
        let idle = Recorder()
        busy.continuations = [.continueAtOnce]
        scripted.loop.addTickObserver(busy)
        scripted.loop.addTickObserver(idle)
        for _ in 0..<3 { scripted.loop.tick() }
        #expect(
            scripted.kernel.takeCalls() == [
                .wait(timeout: .never), .wait(timeout: .zero), .wait(timeout: .never),
            ])
    }

    @Test func `the loop waits until the next timer and not longer`() throws {
        let scripted = try ScriptedLoop()
        let recorder = Recorder()
        let start = scripted.clock.now()
        let later = scripted.loop.arm(recorder, at: start + .microseconds(700))
        let sooner = scripted.loop.arm(recorder, at: start + .microseconds(200))
        scripted.loop.tick()
        scripted.loop.cancel(sooner)
        scripted.loop.tick()
        scripted.loop.cancel(later)
        scripted.loop.tick()
        #expect(
            scripted.kernel.takeCalls() == [
                .wait(timeout: .microseconds(200)), .wait(timeout: .microseconds(700)), .wait(timeout: .never),
            ])
        #expect(recorder.log == [])
    }

    @Test func `a timer that arms itself for now does not hold the tick`() throws {
        let scripted = try ScriptedLoop()
        let recorder = Recorder()
        recorder.actWhenFired = { loop in
            _ = loop.arm(recorder, at: loop.now)
        }
        _ = scripted.loop.arm(recorder, at: scripted.loop.now)
        scripted.loop.tick()
        #expect(recorder.log == ["timer"])
        scripted.loop.tick()
        #expect(recorder.log == ["timer", "timer"])
    }

    @Test func `time does not pass within a tick`() throws {
        let scripted = try ScriptedLoop()
        let recorder = Recorder()
        var times: [Nanoseconds] = []
        recorder.actWhenFired = { loop in
            scripted.clock.advance(by: .seconds(1))
            times.append(loop.now)
        }
        _ = scripted.loop.arm(recorder, at: scripted.loop.now)
        _ = scripted.loop.arm(recorder, at: scripted.loop.now)
        scripted.loop.tick()
        #expect(times.count == 2 && times[0] == times[1])
    }

    @Test func `running ends after the tick in which it is told to stop`() throws {
        let scripted = try ScriptedLoop()
        let recorder = Recorder()
        recorder.actWhenFired = { $0.stop() }
        scripted.loop.addTickObserver(recorder)
        _ = scripted.loop.arm(recorder, at: scripted.loop.now)
        scripted.loop.run()
        #expect(recorder.log == ["timer", "end"])
    }

    @Test func `news about a closed descriptor does not reach its successor`() throws {
        let scripted = try ScriptedLoop()
        let acceptor = RecordingAcceptor()
        _ = try scripted.acceptOne(acceptor)
        let oldTag = try #require(scripted.kernel.tag(of: 102))
        acceptor.connections[0].socket.close(on: scripted.loop)
        scripted.kernel.nextWait(reports: (101, .input))
        scripted.kernel.nextAccepts(.connection)
        scripted.loop.tick()
        let newTag = try #require(scripted.kernel.tag(of: 103))
        // The slot is used again, under another generation.
        #expect(UInt32(truncatingIfNeeded: oldTag) == UInt32(truncatingIfNeeded: newTag))
        #expect(oldTag != newTag)
        scripted.kernel.nextWait(reports: [PollEvent(readiness: [.input, .failure], tag: oldTag)])
        scripted.loop.tick()
        #expect(acceptor.connections.map(\.news) == [[], []])
        scripted.kernel.nextWait(reports: [PollEvent(readiness: .input, tag: newTag)])
        scripted.loop.tick()
        #expect(acceptor.connections.map(\.news) == [[], [.input]])
    }

    @Test func `a connection closed by another's handler hears nothing more in the same tick`() throws {
        let scripted = try ScriptedLoop()
        let acceptor = RecordingAcceptor()
        _ = try scripted.acceptOne(acceptor)
        scripted.kernel.nextWait(reports: (101, .input))
        scripted.kernel.nextAccepts(.connection)
        scripted.loop.tick()
        let second = acceptor.connections[1]
        acceptor.connections[0].actOnInput = { _, loop in second.socket.close(on: loop) }
        scripted.kernel.nextWait(reports: (102, .input), (103, .input))
        scripted.loop.tick()
        #expect(acceptor.connections[0].news == [.input])
        #expect(second.news == [])
    }

    @Test func `a connection closed in outputReady hears nothing of input`() throws {
        final class Closing: SocketHandler {
            var socket: StreamSocket
            var inputs = 0
            var isOpen: Bool { socket.isOpen }
            init(_ socket: consuming StreamSocket) { self.socket = socket }
            func send(_ bytes: [UInt8], on loop: EventLoop) -> StreamSocket.SendResult {
                socket.send(bytes.span, on: loop)
            }
            func inputReady(on loop: EventLoop) { inputs += 1 }
            func outputReady(on loop: EventLoop) { socket.close(on: loop) }
            func connectionFailed(on loop: EventLoop) {}
        }
        final class Acceptor: ConnectionAcceptor {
            var connection: Closing?
            func accepted(_ socket: consuming StreamSocket, on loop: EventLoop) {
                let connection = Closing(socket)
                #expect(throws: Never.self) { try connection.socket.register(connection, on: loop) }
                self.connection = connection
            }
        }
        let scripted = try ScriptedLoop()
        let acceptor = Acceptor()
        _ = try scripted.acceptOne(acceptor)
        let connection = try #require(acceptor.connection)
        scripted.kernel.nextSends(.wouldBlock)
        let bytes: [UInt8] = [1]
        #expect(connection.send(bytes, on: scripted.loop) == .sentPart(0))
        scripted.kernel.nextWait(reports: (102, [.input, .output]))
        scripted.loop.tick()
        #expect(connection.inputs == 0)
        #expect(!connection.isOpen)
    }

    @Test func `a loop that ends closes everything`() throws {
        let kernel = ScriptedKernel()
        do {
            let loop = try EventLoop(kernel: kernel, clock: FakeClock())
            let acceptor = RecordingAcceptor()
            _ = try Listener(at: .loopback(port: 0), acceptor: acceptor, on: loop)
            kernel.nextWait(reports: (101, .input))
            kernel.nextAccepts(.connection, .connection)
            loop.tick()
            #expect(kernel.openDescriptors == [100, 101, 102, 103])
        }
        #expect(kernel.openDescriptors == [])
    }
}
