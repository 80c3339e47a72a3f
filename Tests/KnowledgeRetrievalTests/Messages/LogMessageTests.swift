import Testing

@testable import KnowledgeRetrieval

/// Records as the systems named write them, and what people would say happened.
@Suite struct LogMessageTests {
    struct Case: CustomTestStringConvertible {
        let shape: LogMessage.Shape
        let record: String
        let text: String
        var level: String?
        var service: String?
        var host: String?
        var logger: String?

        var testDescription: String { "\(shape) \(text)" }
    }

    static let cases = [
        Case(
            shape: .json, record: #"{"time":"2024-05-01T10:00:00Z","level":"error","service":"cart","msg":"disk full"}"#,
            text: "disk full", level: "error", service: "cart"),
        Case(
            shape: .json,
            record: #"{"level":"error","ts":1714557600.1,"caller":"db/pool.go:42","msg":"query failed","error":"dial tcp 10.0.0.5:5432: connect: connection refused"}"#,
            text: "query failed: dial tcp 10.0.0.5:5432: connect: connection refused", level: "error",
            logger: "db/pool.go:42"),
        Case(
            shape: .json,
            record: #"{"@timestamp":"2024-05-01T10:00:00Z","log":{"level":"WARN","logger":"a.b.C"},"message":"heap is full","host":{"name":"web-1"}}"#,
            text: "heap is full", level: "WARN", host: "web-1", logger: "a.b.C"),
        Case(
            shape: .json, record: #"{"log":"2024-05-01 10:00:00,123 - db - ERROR - too many clients\n","stream":"stderr"}"#,
            text: "too many clients", level: "ERROR", logger: "db"),
        Case(
            shape: .syslog, record: "<34>Oct 11 22:14:15 mymachine su[230]: 'su root' failed for lonvick on /dev/pts/8",
            text: "'su root' failed for lonvick on /dev/pts/8", service: "su", host: "mymachine"),
        Case(
            shape: .syslog,
            record: #"<165>1 2003-10-11T22:14:15.003Z host.example evntslog 111 ID47 [example@32473 a="b]"] An event"#,
            text: "An event", service: "evntslog", host: "host.example"),
        Case(
            shape: .syslog,
            record: "May  1 10:00:00 node7 kernel: [123456.789012] Out of memory: Killed process 4242 (java)",
            text: "Out of memory: Killed process 4242 (java)", service: "kernel", host: "node7"),
        Case(
            shape: .log4j,
            record: "2024-05-01 10:00:00,123 ERROR [http-nio-8080-exec-3] c.e.pool.HikariPool - Connection is not available",
            text: "Connection is not available", level: "ERROR", logger: "c.e.pool.HikariPool"),
        Case(
            shape: .log4j,
            record: "2024-05-01 10:00:00.123  WARN 31337 --- [  scheduling-1] com.example.Job    : queue is full",
            text: "queue is full", level: "WARN", logger: "com.example.Job"),
        Case(
            shape: .log4j,
            record: "2024-05-01T10:00:00.123Z [main] ERROR org.app.Main - start failed\njava.lang.IllegalStateException: no\n\tat a.B.c(B.java:1)\nCaused by: java.net.ConnectException: Connection refused\n\t... 3 more",
            text: "start failed: java.net.ConnectException: Connection refused", level: "ERROR", logger: "org.app.Main"),
        Case(
            shape: .python, record: "ERROR:urllib3.pool:Max retries exceeded", text: "Max retries exceeded",
            level: "ERROR", logger: "urllib3.pool"),
        Case(
            shape: .python, record: "2024-05-01 10:00:00,123 - celery.worker - ERROR - Task timed out",
            text: "Task timed out", level: "ERROR", logger: "celery.worker"),
        Case(
            shape: .plain,
            record: "Traceback (most recent call last):\n  File \"a.py\", line 1, in <module>\nMemoryError: no memory",
            text: "MemoryError: no memory"),
        Case(
            shape: .go, record: "2024/05/01 10:00:00 server.go:42: accept: too many open files",
            text: "accept: too many open files", logger: "server.go:42"),
        Case(
            shape: .go, record: #"time=2024-05-01T10:00:00Z level=error msg="cannot write" err="no space left on device""#,
            text: "cannot write: no space left on device", level: "error"),
        Case(
            shape: .klog,
            record: "E0501 10:00:00.000000    4711 pod_workers.go:190] \"Error syncing pod, skipping\" err=\"back-off\"",
            text: "\"Error syncing pod, skipping\" err=\"back-off\"", level: "E", logger: "pod_workers.go:190"),
        Case(
            shape: .access,
            record: #"10.1.2.3 - - [01/May/2024:10:00:00 +0000] "GET /api/cart?user=7 HTTP/1.1" 503 12 "-" "curl/8""#,
            text: "GET /api/cart HTTP 503 Service Unavailable", host: "10.1.2.3"),
        Case(
            shape: .access,
            record: "2024/05/01 10:00:00 [error] 31#31: *7 connect() failed (111: Connection refused) while connecting to upstream, client: 10.0.0.1, server: shop, request: \"GET / HTTP/1.1\"",
            text: "connect() failed (111: Connection refused) while connecting to upstream", level: "error", host: "shop"),
        Case(
            shape: .cloudWatch,
            record: "2024-05-01T10:00:00.123Z\t8f5c9a1e-3b7d-4c2a-9e6f-1a2b3c4d5e6f\tERROR\tTask timed out after 3.00 seconds",
            text: "Task timed out after 3.00 seconds", level: "ERROR"),
        Case(
            shape: .cloudWatch, record: #"{"@timestamp":"2024-05-01","@message":"[ERROR] Runtime exited"}"#,
            text: "Runtime exited", level: "ERROR"),
        Case(
            shape: .json,
            record: #"2024-05-01T10:00:00.000000001Z stderr F {"severity":"ERROR","message":"probe failed"}"#,
            text: "probe failed", level: "ERROR"),
        Case(shape: .plain, record: "error while reading: the disk is full", text: "error while reading: the disk is full"),
        Case(shape: .plain, record: "  CPU usage is above 95 %  ", text: "CPU usage is above 95 %"),
    ]

    @Test(arguments: cases) func `what happened is found in a record`(example: Case) {
        let message = LogMessage(record: example.record)
        #expect(message.text == example.text)
        #expect(message.shape == example.shape)
        #expect(message.level == example.level)
        #expect(message.service == example.service)
        #expect(message.host == example.host)
        #expect(message.logger == example.logger)
    }

    @Test func `long records are cut between characters`() {
        let long = String(repeating: "ü", count: KnowledgeRetrievalLimits.recordByteCount)
        let message = LogMessage(record: long)
        #expect(message.text.utf8.count == KnowledgeRetrievalLimits.messageByteCount)
        #expect(message.text.allSatisfy { $0 == "ü" })
    }

    @Test func `names of single things are kept in order and once`() {
        let message = LogMessage(record: "pod checkout-7d9f8b6c5d-x2k4p on 10.0.0.7 cannot mount /var/lib/data, 10.0.0.7")
        #expect(message.identifiers == ["checkout-7d9f8b6c5d-x2k4p", "10.0.0.7", "/var/lib/data"])
        let many = (0...KnowledgeRetrievalLimits.identifiers).map { "10.0.0.\($0)" }.joined(separator: " ")
        #expect(LogMessage(record: many).identifiers.count == KnowledgeRetrievalLimits.identifiers)
    }

    @Test(arguments: [
        ("took 12ms, then 1m2.5s (37 %)", "took <n>, then <n> (<n> %)"),
        ("pod checkout-7d9f8b6c5d-x2k4p", "pod checkout-<id>-<id>"),
        ("node12 and node13", "node<n> and node<n>"),
        ("dial tcp 10.0.0.5:5432: refused", "dial tcp <address>: refused"),
        ("id 8f5c9a1e-3b7d-4c2a-9e6f-1a2b3c4d5e6f.", "id <id>."),
        ("at 2024-05-01T10:00:00Z from a@b.de", "at <time> from <address>"),
        ("GET https://a.b/c?d=1 gave 503", "GET <url> gave <n>"),
        ("/var/log/a.log: full", "<path>: full"),
        ("user=4711 key=0xdeadbeef", "user=<n> key=<id>"),
        ("read/write of application/json", "read/write of application/json"),
        ("fe80::1 is down", "<address> is down"),
        ("", ""),
    ])
    func `what differs from one time to the next is masked`(text: String, masked: String) {
        #expect(LogMessage(shape: .plain, text: text).masked == masked)
    }
}
