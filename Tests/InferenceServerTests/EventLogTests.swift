import LinuxSystem
import Testing

@testable import InferenceServer

@Suite struct EventLogTests {
    let sink = MemorySink()
    let clock = ManualWallClock()

    func log(_ format: EventLog.Format = .text, level: EventLog.Level = .info) -> EventLog {
        EventLog(level: level, format: format, sink: sink, now: { [clock] in clock.nanoseconds })
    }

    @Test func `people get time, level, sentence and facts`() {
        log().write(.info, "model ready", EventField("model", "xgboost_anomaly"), EventField("version", 1))
        #expect(sink.lines == ["1970-01-01T00:00:00.000Z INFO  model ready model=xgboost_anomaly version=1\n"])
    }

    @Test func `machines get one JSON object`() {
        let facts = [
            EventField("text", "a b"), EventField("count", -3), EventField("seconds", 0.25), EventField("ok", true),
            EventField("ratio", Double.nan),
        ]
        log(.json).write(.error, "it broke", facts[0], facts[1], facts[2], facts[3], facts[4])
        #expect(
            sink.lines == [
                #"{"time":"1970-01-01T00:00:00.000Z","level":"error","event":"it broke","text":"a b","count":-3,"#
                    + #""seconds":0.25,"ok":true,"ratio":null}"# + "\n"
            ])
    }

    @Test(arguments: EventLog.Level.allCases)
    func `events below the level are left out`(level: EventLog.Level) {
        let log = log(level: level)
        for each in EventLog.Level.allCases { log.write(each, "event") }
        #expect(sink.lines.count == EventLog.Level.allCases.count { $0 >= level })
    }

    @Test(arguments: EventLog.Level.allCases)
    func `what is audited is written whatever the level`(level: EventLog.Level) {
        log(level: level).audit("127.0.0.1:5", .token, "load", .init("model", "fraud"), result: "done")
        #expect(
            sink.lines == [
                "1970-01-01T00:00:00.000Z INFO  audit client=127.0.0.1:5 by=token call=load model=fraud "
                    + "result=done\n"
            ])
    }

    @Test func `one kind of client fault has its lines of a second, then is summed up`() {
        let log = log()
        for _ in 0..<1_000 { log.clientFault("malformed request", EventField("peer", "192.0.2.1")) }
        log.clientFault("another")
        #expect(sink.lines.count == EventLogLimits.clientFaultLinesPerSecond + 1)
        clock.advance(seconds: 1)
        log.clientFault("malformed request")
        let left = 1_000 - EventLogLimits.clientFaultLinesPerSecond
        #expect(sink.lines.count == EventLogLimits.clientFaultLinesPerSecond + 3)
        #expect(sink.lines.dropLast().last?.hasSuffix("kind=\"malformed request\" left_out=\(left)\n") == true)
    }

    @Test func `left out faults are summed up without a further fault`() {
        let log = log()
        for _ in 0..<10 { log.clientFault("kind") }
        log.summarise()
        #expect(sink.lines.count == EventLogLimits.clientFaultLinesPerSecond, "the second is not over")
        clock.advance(seconds: 1)
        log.summarise()
        log.summarise()
        #expect(sink.lines.count == EventLogLimits.clientFaultLinesPerSecond + 1)
    }

    @Test func `a command can be copied as it stands, by machines too`() {
        log().suggest("try it", command: "curl -d '{}'")
        log(.json).suggest("try it", command: "curl -d '{}'")
        log().suggest("try it", command: "curl \u{1B}")
        #expect(sink.lines[0] == "curl -d '{}'\n")
        #expect(sink.lines[1].hasSuffix(#""event":"try it","command":"curl -d '{}'"}"# + "\n"))
        #expect(sink.lines[2].hasSuffix(#"try it command="curl \u001b""# + "\n"))
    }

    @Test func `lines without room are counted and the count comes first when there is room again`() {
        let log = log()
        sink.script(.wouldWait, .failed(errorNumber: 28))
        log.write(.info, "first")
        log.write(.info, "second")
        log.write(.info, "third")
        #expect(
            sink.lines == [
                "1970-01-01T00:00:00.000Z WARN  log lines were lost for want of room lost=2\n",
                "1970-01-01T00:00:00.000Z INFO  third\n",
            ])
    }

    @Test func `a line that left in part is ended before the next`() {
        let log = log()
        sink.script(.cut(byteCount: 10))
        log.write(.info, "first")
        log.write(.info, "second")
        #expect(sink.lines[0] == "1970-01-01")
        #expect(sink.lines[1].hasPrefix("\n1970"))
        #expect(sink.lines[2] == "1970-01-01T00:00:00.000Z INFO  second\n")
    }
}
