import CloudEvents
import ModelRepository
import TestSupport
import Testing

@testable import InferenceServer

/// Places for events as the file of `--config` names them.
@Suite struct EventSinkConfigurationTests {
    private func read(_ text: String) throws(StartFault) -> (sinks: [EventSinkOptions], instance: String) {
        let folder = TemporaryFolder()
        folder.write(Array(text.utf8), to: "rowan.conf")
        return try EventSinkOptions.read(folder.path + "/rowan.conf") { ["TOKEN": "secret", "BAD": "a b"][$0] }
    }

    private func fault(_ text: String) -> String {
        do throws(StartFault) {
            _ = try read(text)
            return ""
        } catch {
            return error.message
        }
    }

    @Test func `what the file leaves out is usual`() throws {
        let (sinks, instance) = try read(
            """
            event_sink { http { url: "http://h/e" token_env: "TOKEN" } }
            event_sink { name: "f" file { path: "/f" } max_queue: 7 max_attempts: 2 types: "t" dead_letter_file: "/d" }
            """)
        #expect(instance.isEmpty)
        #expect(
            sinks[0].target
                == .http(
                    url: "http://h/e", mode: .structured, token: "secret",
                    timeoutSeconds: CloudEventsLimits.usualTimeoutSeconds))
        #expect(sinks[0].queueCapacity == CloudEventsLimits.usualQueueCapacity)
        #expect(sinks[0].attempts == CloudEventsLimits.usualAttempts)
        #expect(sinks[1].queueCapacity == 7 && sinks[1].attempts == 2)
        #expect(sinks[1].types == ["t"] && sinks[1].deadLetterFile == "/d")
    }

    @Test(arguments: [
        ("http { url: \"ftp://h\" }", "1:12: the URL cannot be used"),
        ("http { url: \"http://h/\" token_env: \"NONE\" }", "the variable NONE of token_env is not set"),
        ("http { url: \"http://h/\" token_env: \"BAD\" }", "the token holds a character"),
        (
            "http { url: \"http://h/\" timeout_seconds: \(CloudEventsLimits.timeoutSeconds.upperBound + 1) }",
            "timeout_seconds is not within 0.1 to 60"
        ),
        (
            "file { path: \"p\" } max_queue: \(CloudEventsLimits.queueCapacity.upperBound + 1)",
            "max_queue is not within 1 to 100000"
        ),
        (
            "file { path: \"p\" } max_attempts: \(CloudEventsLimits.attempts.upperBound + 1)",
            "max_attempts is not within 1 to 1000"
        ),
        ("file { }", "1:19: the sink has no path"),
    ]) func `what cannot be is refused with file and place`(sink: String, sentence: String) {
        let message = fault("event_sink { \(sink) }")
        #expect(message.contains("rowan.conf: ") && message.contains(sentence), "\(message)")
    }

    @Test func `a file that is not there, too many places and a long name are refused`() {
        #expect(throws: StartFault.self) { try EventSinkOptions.read("/none/rowan.conf") { _ in nil } }
        let sinks = (0...CloudEventsLimits.sinkCount).map { "event_sink { file { path: \"\($0)\" } }" }
        #expect(fault(sinks.joined()).contains("more than \(CloudEventsLimits.sinkCount) event_sink"))
        let name = String(repeating: "n", count: EventLimits.instanceByteCount + 1)
        #expect(fault("instance: \"\(name)\"").contains("instance has more than"))
    }
}
