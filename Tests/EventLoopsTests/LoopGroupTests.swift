import Glibc
import LinuxSystem
import TestSupport
import Testing

@testable import EventLoops

/// Two loops of one group on one scripted kernel.
///
/// Their mailboxes are descriptors 100 and 101, their epoll instances 102 and 103, their listeners 104 and 105;
/// connections follow from 106 on.
@Suite struct LoopGroupTests {
    private final class Pair {
        let kernel = ScriptedKernel()
        let group: LoopGroup
        let loops: [EventLoop]
        let acceptors = [RecordingAcceptor(), RecordingAcceptor()]
        let listeners: [Listener]

        init(connectionLimit: Int = 1000) throws {
            let kernel = kernel
            let clock = FakeClock()
            let group = try LoopGroup(loopCount: 2, connectionLimit: connectionLimit, kernel: kernel)
            self.group = group
            loops = try [0, 1].map { try EventLoop(kernel: kernel, clock: clock, member: group.member($0)) }
            var listeners: [Listener] = []
            for (loop, acceptor) in zip(loops, acceptors) {
                try loop.receiveHandedConnections([acceptor])
                listeners.append(try Listener(at: .loopback(port: 0), acceptor: acceptor, on: loop))
            }
            self.listeners = listeners
            _ = kernel.takeCalls()
        }

        /// Lets clients connect to one loop's listener.
        func connect(_ count: Int, to loop: Int) {
            for _ in 0..<count { kernel.nextAccepts(.connection) }
            kernel.nextWait(reports: (Int32(104 + loop), .input))
            loops[loop].tick()
        }

        /// Lets a loop read its mailbox.
        func deliver(to loop: Int) {
            kernel.nextWait(reports: (Int32(100 + loop), .input))
            loops[loop].tick()
        }

        func close(_ index: Int, of loop: Int) {
            acceptors[loop].connections[index].socket.close(on: loops[loop])
        }

        var counts: [Int] { acceptors.map(\.connections.count) }
    }

    @Test func `the limit is that of all loops, and a place is for whoever has a client`() throws {
        let pair = try Pair(connectionLimit: 3)
        pair.connect(3, to: 0)
        pair.connect(1, to: 1)
        #expect(pair.counts == [3, 0])
        #expect(pair.listeners[1].pause == .connectionLimit)
        _ = pair.kernel.takeCalls()
        pair.close(0, of: 0)
        #expect(pair.kernel.takeCalls() == [.close(106), .signal(101), .rewatch(104, .input)])
        #expect(pair.listeners[1].pause == .connectionLimit, "another thread's listener is left to its loop")
        pair.deliver(to: 1)
        #expect(pair.listeners[1].pause == nil)
        pair.kernel.nextWait(reports: (105, .input))
        pair.loops[1].tick()
        #expect(pair.counts == [3, 1] && pair.group.connectionCount == 3)
    }

    @Test func `a connection is served as at the listener that has accepted it, on whichever loop`() throws {
        let kernel = ScriptedKernel()
        let group = try LoopGroup(loopCount: 2, connectionLimit: 1000, kernel: kernel)
        let loops = try [0, 1].map { try EventLoop(kernel: kernel, clock: FakeClock(), member: group.member($0)) }
        let acceptors = loops.map { _ in [RecordingAcceptor(), RecordingAcceptor()] }
        for (loop, own) in zip(loops, acceptors) { try loop.receiveHandedConnections(own) }
        let listeners = try acceptors[0].enumerated().map { index, acceptor in
            try Listener(at: .loopback(port: 0), index: index, acceptor: acceptor, on: loops[0])
        }
        for (index, count) in [(0, 10), (1, 6)] {
            for _ in 0..<count { kernel.nextAccepts(.connection) }
            kernel.nextWait(reports: (Int32(104 + index), .input))
            loops[0].tick()
            kernel.nextWait(reports: (101, .input))
            loops[1].tick()
        }
        let counts = acceptors.map { $0.map(\.connections.count) }
        #expect(counts[0][0] + counts[1][0] == 10 && counts[0][1] + counts[1][1] == 6)
        #expect(counts[1][0] > 0 && counts[1][1] > 0)
        withExtendedLifetime(listeners) {}
    }

    @Test func `a place that nobody came for wakes those who wait for one`() throws {
        let pair = try Pair(connectionLimit: 1)
        // While the second loop looks for a client, the only place is taken.
        #expect(pair.loops[1].member.takePlace())
        pair.connect(1, to: 0)
        #expect(pair.listeners[0].pause == .connectionLimit)
        pair.loops[1].freePlace()
        pair.deliver(to: 0)
        #expect(pair.listeners[0].pause == nil)
        pair.kernel.nextWait(reports: (104, .input))
        pair.loops[0].tick()
        #expect(pair.counts == [1, 0])
    }

    @Test func `a place that was freed before a loop rests is not missed`() throws {
        let member = try Pair(connectionLimit: 1).loops[0].member
        #expect(member.takePlace() && !member.takePlace())
        #expect(member.rest())
        #expect(member.freePlace())
        #expect(!member.rest(), "there is a place now")
        #expect(member.takePlace() && !member.freePlace(), "and nobody rests any more")
    }

    @Test func `a new connection goes to a loop that has far fewer, once`() throws {
        let pair = try Pair()
        let difference = EventLoopsLimits.handOverDifference
        pair.connect(difference, to: 0)
        #expect(pair.counts == [difference, 0])
        _ = pair.kernel.takeCalls()
        pair.connect(1, to: 0)
        #expect(pair.counts == [difference, 0] && pair.loops[1].awaitsHandedConnections)
        #expect(pair.kernel.takeCalls().contains(.signal(101)))
        pair.deliver(to: 1)
        #expect(pair.counts == [4, 1] && !pair.loops[1].awaitsHandedConnections)
        #expect(pair.acceptors[1].connections[0].peer == pair.kernel.peer)
        #expect(pair.loops.map(\.connectionCount) == [4, 1] && pair.group.connectionCount == 5)
        // Four against one is not far fewer; six against one is.
        pair.connect(2, to: 0)
        #expect(pair.counts == [6, 1])
        pair.connect(1, to: 0)
        pair.deliver(to: 1)
        #expect(pair.counts == [6, 2])
        pair.close(0, of: 1)
        pair.close(1, of: 1)
        #expect(pair.loops.map(\.connectionCount) == [6, 0] && pair.group.connectionCount == 6)
    }

    @Test func `a loop that has begun to end gets no more, and waits for what is on its way`() throws {
        let pair = try Pair()
        pair.connect(5, to: 0)
        #expect(pair.counts == [4, 0])
        pair.loops[1].refuseHandedConnections()
        pair.connect(3, to: 0)
        #expect(pair.counts == [7, 0] && pair.loops[1].awaitsHandedConnections)
        pair.deliver(to: 1)
        #expect(pair.counts == [7, 1] && !pair.loops[1].awaitsHandedConnections)
    }

    @Test func `a listener that closes keeps what waits in its queue`() throws {
        let pair = try Pair(connectionLimit: 8)
        pair.connect(4, to: 0)
        for _ in 0..<6 { pair.kernel.nextAccepts(.connection) }
        pair.listeners[0].close(on: pair.loops[0])
        #expect(pair.counts == [10, 0] && pair.group.connectionCount == 10)
        // Over the limit nobody gets a place before as many have left.
        for index in 0..<2 { pair.close(index, of: 0) }
        #expect(!pair.loops[1].member.takePlace())
        pair.close(2, of: 0)
        #expect(pair.loops[1].member.takePlace())
    }

    @Test func `a connection that nobody takes over is closed`() throws {
        let kernel: ScriptedKernel
        do {
            let pair = try Pair()
            kernel = pair.kernel
            pair.connect(5, to: 0)
            #expect(kernel.openDescriptors.count == 11)
        }
        #expect(kernel.openDescriptors == [])
    }
}

/// Real threads and real sockets.
@Suite struct LoopGroupThreadTests {
    private func start(_ group: LoopGroup, _ index: Int, at address: SocketAddress, _ counters: CounterBlock) throws
        -> EventLoopThread.Started<SocketAddress>
    {
        try EventLoopThread.start(name: "loop\(index)", member: group.member(index)) { loop throws(SystemError) in
            let server = EchoServer(counters: counters)
            loop.addTickObserver(server)
            try loop.receiveHandedConnections([server])
            return try Listener(at: address, acceptor: server, on: loop).address
        }
    }

    @Test func `over the common limit a client waits until another leaves, whatever their loops`() throws {
        let group = try LoopGroup(loopCount: 3, connectionLimit: 20)
        let counters = (0..<3).map { _ in CounterBlock() }
        let first = try start(group, 0, at: .loopback(port: 0), counters[0])
        let rest = try [1, 2].map { try start(group, $0, at: first.ready, counters[$0]) }
        var clients: [TestClient] = []
        for round in 0..<60 {
            let client = try #require(TestClient(first.ready))
            client.send([UInt8(round)])
            if clients.count == 20 {
                #expect(group.connectionCount == 20)
                clients.remove(at: (round * 7) % 20).finishSending()
            }
            #expect(client.receive(1) == [UInt8(round)])
            clients.append(client)
        }
        #expect(group.connectionCount == 20)
        clients = []
        while group.connectionCount > 0 { sched_yield() }
        for echo in [first] + rest {
            echo.thread.stop()
            echo.thread.join()
        }
    }

    @Test func `clients that stay are spread over the loops`() throws {
        let group = try LoopGroup(loopCount: 2, connectionLimit: 1000)
        let counters = (0..<2).map { _ in CounterBlock() }
        let first = try start(group, 0, at: .loopback(port: 0), counters[0])
        // The second loop listens elsewhere: all that it gets, it gets from the first.
        let second = try start(group, 1, at: .loopback(port: 0), counters[1])
        var clients: [TestClient] = []
        for round in 0..<100 {
            let client = try #require(TestClient(first.ready))
            client.send([UInt8(round)])
            #expect(client.receive(1) == [UInt8(round)])
            clients.append(client)
        }
        let counts = counters.map { $0.value(at: EchoServer.Counter.openConnections) }
        // One loop keeps less than twice the other's connections and four.
        #expect(counts.reduce(0, +) == 100 && counts[1] >= 32, "\(counts)")
        for echo in [first, second] {
            echo.thread.stop()
            echo.thread.join()
        }
    }
}
