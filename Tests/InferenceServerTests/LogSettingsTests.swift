import LinuxSystem
import OpenInferenceProtocol
import Testing

@testable import InferenceServer

/// Settings of the log: their word, their names on the wire, and what the log does with them.
@Suite struct LogSettingsTests {
    private static func applied(
        _ json: String, to settings: LogSettings = LogSettings()
    ) throws(ProtocolError) -> LogSettings {
        var settings = settings
        try settings.apply(try SettingsRequest(Array(json.utf8).span))
        return settings
    }

    private static func text(_ settings: LogSettings) -> String {
        var buffer = ByteBuffer()
        settings.append(to: &buffer)
        return buffer.withBytes { $0.text($0.indices) }
    }

    @Test func `a word holds all settings`() {
        for number in 0..<32 {
            var settings = LogSettings()
            settings.writesInfo = number & 1 != 0
            settings.writesWarnings = number & 2 != 0
            settings.writesErrors = number & 4 != 0
            settings.writesAccess = number & 8 != 0
            settings.timeForm = number & 16 != 0 ? .seconds : .milliseconds
            settings.verboseLevel = UInt32(number) &* 0x0FFF_FFFF
            #expect(LogSettings(bits: settings.bits) == settings)
            #expect(LogSettings.writesAccess(settings.bits) == settings.writesAccess)
        }
    }

    @Test func `a least level is all levels from it on`() {
        for least in EventLog.Level.allCases {
            let settings = LogSettings(level: least)
            #expect(
                EventLog.Level.allCases.filter { settings.writes($0) } == EventLog.Level.allCases.filter { $0 >= least }
            )
        }
    }

    @Test func `settings are written under Triton's names`() {
        var settings = LogSettings(level: .warning)
        settings.timeForm = .seconds
        #expect(
            Self.text(settings)
                == #"{"log_file":"","log_info":false,"log_warning":true,"log_error":true,"log_verbose_level":0,"#
                + #""log_format":"ISO8601","rowan_access_log":false}"#)
    }

    @Test func `what is named changes, null and the rest stay`() throws {
        #expect(try Self.applied("") == LogSettings() && Self.applied("{}") == LogSettings())
        let changed = try Self.applied(
            #"{"log_info":false,"log_verbose_level":2147483647,"rowan_access_log":true,"log_error":null,"#
                + #""log_file":null}"#
        )
        #expect(!changed.writesInfo && changed.writesErrors && changed.writesAccess && changed.writesWarnings)
        #expect(changed.verboseLevel == 2_147_483_647 && changed.timeForm == .milliseconds)
        let formats = try Self.applied(#"{"log_format":"ISO8601"}"#)
        #expect(formats.timeForm == .seconds)
        #expect(try Self.applied(#"{"log_format":"default"}"#, to: formats) == LogSettings())
    }

    @Test(arguments: [
        (#"{"log_file":"x"}"#, ProtocolError.Code.unsupported, "log file location can not be updated"),
        (#"{"log_format":"x"}"#, .unavailable, "invalid argument for --log_format, got: x"),
        (#"{"log_format":1}"#, .invalidArgument, "'log_format' is no text"),
        (#"{"log_info":"true"}"#, .invalidArgument, "'log_info' is no boolean"),
        (#"{"log_warning":1}"#, .invalidArgument, "'log_warning' is no boolean"),
        (#"{"log_verbose_level":-1}"#, .invalidArgument, "no whole number from 0"),
        (#"{"log_verbose_level":2147483648}"#, .invalidArgument, "no whole number from 0"),
        (#"{"log_verbose_level":true}"#, .invalidArgument, "no whole number from 0"),
        (#"{"log_warnings":true}"#, .invalidArgument, "there is no log setting 'log_warnings'"),
        (#"{"rowan_access_log":[]}"#, .invalidArgument, "'rowan_access_log' is no boolean"),
    ]) func `what cannot be set is refused by name`(json: String, code: ProtocolError.Code, sentence: String) throws {
        let error = try #require(throws: ProtocolError.self) { try Self.applied(json) }
        #expect(error.code == code && error.message.contains(sentence), "\(error.message)")
    }

    @Test func `the log obeys at once, and keeps its settings when a change is refused`() {
        let sink = MemorySink()
        let log = EventLog(LogSettings(), format: .json, sink: sink, now: { 1_999_000_000 })
        log.write(.debug, "1")
        log.write(.info, "2")
        _ = log.changeSettings {
            $0.writesInfo = false
            $0.verboseLevel = 1
            $0.timeForm = .seconds
        }
        log.write(.debug, "3")
        log.write(.info, "4")
        log.clientFault("5")
        _ = log.changeSettings { $0.writesWarnings = false }
        log.clientFault("6")
        let before = log.settings
        #expect(throws: ProtocolError.self) {
            _ = try log.changeSettings { (settings) throws(ProtocolError) in
                settings.writesErrors = false
                throw ProtocolError(.invalidArgument, "no")
            }
        }
        #expect(log.settings == before)
        log.write(.error, "7")
        #expect(sink.lines.map { $0.split(separator: "\"event\":\"")[1].prefix(1) } == ["2", "3", "5", "7"])
        #expect(sink.lines.map { $0.contains("01.999Z") } == [true, false, false, false])
        #expect(sink.lines[1].contains("\"1970-01-01T00:00:01Z\""))
    }
}
