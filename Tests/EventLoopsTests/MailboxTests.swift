import LinuxSystem
import Synchronization
import TestSupport
import Testing

@testable import EventLoops

@Suite struct MailboxTests {
    @Test func `a burst wakes the loop once, until it has taken the messages`() throws {
        let scripted = try ScriptedLoop()
        let mailbox = try Mailbox<Int>(kernel: scripted.kernel)
        var received: [Int] = []
        try scripted.loop.attach(mailbox) { message, _ in received.append(message) }
        #expect(scripted.kernel.takeCalls() == [.makeSignal, .watch(101, [.input, .edgeTriggered])])
        for message in 0..<5 { mailbox.send(message) }
        #expect(scripted.kernel.takeCalls() == [.signal(101)])
        scripted.kernel.nextWait(reports: (101, .input))
        scripted.loop.tick()
        #expect(received == [0, 1, 2, 3, 4])
        mailbox.send(5)
        #expect(scripted.kernel.takeCalls() == [.wait(timeout: .never), .signal(101)])
    }

    @Test func `a message sent by a receiver arrives in the next tick`() throws {
        let scripted = try ScriptedLoop()
        let mailbox = try Mailbox<Int>(kernel: scripted.kernel)
        var received: [Int] = []
        try scripted.loop.attach(mailbox) { message, _ in
            received.append(message)
            if message < 2 { mailbox.send(message + 1) }
        }
        mailbox.send(0)
        for expected in [[0], [0, 1], [0, 1, 2]] {
            scripted.kernel.nextWait(reports: (101, .input))
            scripted.loop.tick()
            #expect(received == expected)
        }
    }

    @Test func `a mailbox that cannot be made is reported`() {
        let kernel = ScriptedKernel()
        let error = SystemError("eventfd", number: 24)
        kernel.nextCallsFail(error)
        #expect(throws: error) { _ = try Mailbox<Int>(kernel: kernel) }
    }

    @Test func `messages that many threads send all arrive, each sender's in order`() throws {
        let senderCount = 4
        let messagesPerSender = 5000
        let mailbox = try Mailbox<Int>()
        let result = Handover<[Int]>()
        let started = try EventLoopThread.start(name: "mailbox") { loop throws(SystemError) in
            var received: [Int] = []
            try loop.attach(mailbox) { message, _ in
                received.append(message)
                if received.count == senderCount * messagesPerSender { result.give(received) }
            }
        }
        let senders = try (0..<senderCount).map { sender in
            try SystemThread(name: "sender") {
                for message in 0..<messagesPerSender { mailbox.send(sender * messagesPerSender + message) }
            }
        }
        let received = result.take()
        for sender in senders { sender.join() }
        started.thread.stop()
        started.thread.join()
        #expect(received.count == senderCount * messagesPerSender)
        for sender in 0..<senderCount {
            let range = sender * messagesPerSender..<(sender + 1) * messagesPerSender
            #expect(received.filter { range.contains($0) } == Array(range))
        }
    }

    @Test func `messages sent before a loop is attached wait for it`() throws {
        let mailbox = try Mailbox<String>()
        mailbox.send("early")
        let result = Handover<String>()
        let started = try EventLoopThread.start(name: "late") { loop throws(SystemError) in
            try loop.attach(mailbox) { message, _ in result.give(message) }
        }
        #expect(result.take() == "early")
        started.thread.stop()
        started.thread.join()
    }
}
